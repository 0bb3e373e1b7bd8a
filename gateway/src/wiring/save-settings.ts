import { createHash } from 'node:crypto'
import type { HallChanges } from '../config/hall-changes.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import { ERROR_CODES } from '../domain/error-codes.ts'
import { HallwattError, type Problem } from '../domain/errors.ts'
import type { Saved, SettingsChangeRequest, SettingsRefusal } from '../http/setup-views.ts'
import { changeText, unifiedDiff } from '../settings/settings.ts'
import type { HallSource } from './hall-source.ts'

/** Versions somebody may still be editing; the oldest is forgotten first. */
const REMEMBERED = 8

export const revisionOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Changes of hall.yaml, one at a time: checked first, written as a whole, applied, told. */
export function createSaving(source: HallSource) {
  const versions = new Map<string, string>()
  let last: Promise<unknown> = Promise.resolve()

  function remember(text: string): string {
    const revision = revisionOf(text)
    versions.delete(revision)
    versions.set(revision, text)
    for (const oldest of versions.keys()) {
      if (versions.size <= REMEMBERED) break
      versions.delete(oldest)
    }
    return revision
  }

  async function change(request: SettingsChangeRequest): Promise<{ ok: true; value: Saved } | SettingsRefusal> {
    const before = await source.read()
    const revision = remember(before)
    if (revision !== request.revision) return stale(request, before, revision)
    const changed = changeText(before, request.changes)
    if (!changed.ok) return plain('HW_SETTINGS_UNFIT', changed.message)
    const diff = unifiedDiff(before, changed.text)
    const problems = problemsOf(source.check(changed.text))
    const nothing = { written: false, revision, diff, problems: [...problems], applied: null }
    if (request.dryRun) return { ok: true, value: nothing }
    if (problems.length > 0) {
      const [first] = problems
      const message = `hall.yaml would have ${problems.length} problem${problems.length === 1 ? '' : 's'}: line ${first?.line}, ${first?.path}: ${first?.message}`
      return { ok: false, kind: 'invalid', code: 'HW_HALL_INVALID', message, problems, diff }
    }
    if (diff === '') return { ok: true, value: nothing }
    const reason = await source.unwritable()
    if (reason !== undefined) return plain('HW_SETTINGS_READ_ONLY', reason)
    await source.write(changed.text)
    const now = await source.reload().catch((error: unknown) => error)
    // The check has passed, so this is the world: a credentials file that is gone, a store that refuses.
    if (now instanceof HallwattError) return plain(now.code, `hall.yaml is written, but not applied: ${now.message}`)
    if (now instanceof Error) throw now
    const { added, changed: different, removed, atNextStart } = now as HallChanges
    const applied = {
      added: [...added],
      changed: [...different],
      removed: [...removed],
      atNextStart: [...atNextStart],
    }
    return { ok: true, value: { written: true, revision: remember(changed.text), diff, problems: [], applied } }
  }

  function stale(request: SettingsChangeRequest, text: string, revision: string): SettingsRefusal {
    const known = versions.get(request.revision)
    const onto = changeText(text, request.changes)
    return {
      ok: false,
      kind: 'stale',
      code: 'HW_SETTINGS_STALE',
      message: `hall.yaml is ${revision} now; the change was made for ${request.revision}.`,
      current: { revision, text },
      yours: {
        revision: request.revision,
        text: known ?? null,
        diff: known === undefined ? '' : unifiedDiff(known, text),
      },
      rebased: onto.ok ? { diff: unifiedDiff(text, onto.text), problems: problemsOf(source.check(onto.text)) } : null,
    }
  }

  return {
    remember,
    change(request: SettingsChangeRequest): ReturnType<typeof change> {
      const next = last.then(() => change(request))
      last = next.catch(() => {})
      return next
    },
  }
}

export const problemsOf = (checked: readonly Problem[] | ResolvedHall): readonly Problem[] =>
  'hall' in checked ? [] : checked

const plain = (code: ErrorCode, message: string): SettingsRefusal => ({
  ok: false,
  kind: 'plain',
  code,
  message: message || ERROR_CODES[code].means,
})
