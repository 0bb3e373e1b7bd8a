import type { Refusal } from '../domain/act-result.ts'
import type { ErrorCode } from '../domain/error-codes.ts'

export const refusal = (code: ErrorCode, zh: string, en: string): Refusal => ({
  ok: false,
  code,
  message: `${zh} · ${en}`,
})

export const unknown = (id: string): Refusal => refusal('HW_DEMO_UNKNOWN', `没有 ${id}`, `There is no ${id}.`)
