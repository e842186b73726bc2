import { OperatorError } from '../src/platform/errors.ts'

/** An option's value. Throws OperatorError for anything but a whole number above 0. */
export function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new OperatorError(`${name} is "${text}": expected a whole number above 0`)
  return Number(text)
}
