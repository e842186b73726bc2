import { domainToASCII } from 'node:url'

/**
 * What tells one mailbox from another: nearly every mail server takes A@x and a+b@x for a@x, and a domain is written in its
 * normal form before it is looked up (UTS 46): ｘ.com is x.com.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@')
  const [name, domain] = [address.slice(0, at), address.slice(at + 1)]
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=.)\+.*$/, '')
  return `${plain}@${domainToASCII(domain) || domain.toLowerCase()}`
}
