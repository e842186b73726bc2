import { m } from '#lib/paraglide/messages.js'

export const CLASSES = ['general', 'security', 'financial'] as const
export const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'] as const

const CLASS_WORDS = {
  general: m.audit_class_general,
  security: m.audit_class_security,
  financial: m.audit_class_financial,
}
const SEVERITY_WORDS = {
  debug: m.audit_severity_debug,
  info: m.audit_severity_info,
  warning: m.audit_severity_warning,
  error: m.audit_severity_error,
  critical: m.audit_severity_critical,
}

export const className = (word: (typeof CLASSES)[number]): string => CLASS_WORDS[word]()
export const severityName = (word: (typeof SEVERITIES)[number]): string => SEVERITY_WORDS[word]()

export function severityKind(severity: string | null): 'plain' | 'warn' | 'bad' {
  if (severity === 'warning') return 'warn'
  return severity === 'error' || severity === 'critical' ? 'bad' : 'plain'
}
