import type { SnmpRaw } from '../profiles/snmp-answers.ts'
import { compileSnmp, type LocatedSnmp } from '../profiles/snmp-values.ts'
import { type Asker, type AskResult, type OpenAsker, secretNotSet } from './asker.ts'
import { openSnmp, type SnmpFailure, type SnmpSession } from './snmp-session.ts'

/** Rows of a walk that come in one answer; slow agents choke on more. */
const ROWS_PER_ANSWER = 10

/** No agent takes longer; one that does is cut off, and counts as silent. */
const LONGEST_ROUND_MS = 60_000

/** Reads one agent: indexes first, then objects, then tables, one request at a time. */
export const snmpAsker: OpenAsker = ({ profile, connection }, { secret }): Asker => {
  const part = profile.snmp
  if (!part) throw new Error('not an SNMP profile')
  const compiled = compileSnmp(part)
  /** Found once, and again while an index is missing, and when the device was away or another one stands in its place. */
  let located: LocatedSnmp | undefined

  async function round(session: SnmpSession): Promise<AskResult> {
    const objects = new Map<string, SnmpRaw>()
    const unanswered = new Set<string>()
    let heard = false
    let failure: SnmpFailure | undefined

    async function walk(oid: string, maxRows: number): Promise<void> {
      const found = failure ?? (await session.walk(oid, maxRows, ROWS_PER_ANSWER))
      if ('failure' in found) {
        failure = found
        unanswered.add(oid)
        return
      }
      heard = true
      for (const [key, raw] of found) objects.set(key, raw)
    }

    if (!located || located.isGuess) {
      for (const under of compiled.finds) await walk(under, 1)
      if (failure) return failed(failure)
      located = compiled.locate({ objects, unanswered })
    }
    const { gets, walks } = located
    for (let i = 0; i < gets.length; i += part!.perRequest) {
      const chunk = gets.slice(i, i + part!.perRequest)
      const found = failure ?? (await session.get(chunk))
      if ('failure' in found) {
        failure = found
        for (const oid of chunk) unanswered.add(oid)
        continue
      }
      heard = true
      for (const [key, raw] of found) objects.set(key, raw)
    }
    for (const { oid, maxRows } of walks) await walk(oid, maxRows)
    if (!heard && failure) return failed(failure)
    return { ok: true, ...located.decode({ objects, unanswered }) }
  }

  function failed(failure: SnmpFailure): AskResult {
    located = undefined
    return { ok: false, ...failure }
  }

  return {
    async ask(patient, signal) {
      const { timeoutMs } = part
      const named = connection.secret
      const kept = named === undefined ? undefined : secret(named)
      if (named !== undefined && kept === undefined) return secretNotSet(named)
      const opened = openSnmp(connection, kept, {
        timeoutMs,
        retries: patient ? 1 : 0,
      })
      if ('failure' in opened) return { ok: false, ...opened }
      const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ROUND_MS)])
      const stop = () => opened.close()
      limit.addEventListener('abort', stop)
      try {
        return await round(opened)
      } finally {
        limit.removeEventListener('abort', stop)
        opened.close()
      }
    },
  }
}
