import { createHmac, randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { HallwattError, type Problem } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { hashRandomPassword, problemOfHash, verifyPassword } from '../ports/password.ts'
import { isCleanText } from './topic-filter.ts'

/** How long a verified password is remembered, so that a hall that reconnects after a power cut is not hashed again at once. */
const REMEMBER_MS = 10 * 60 * 1000
const MAX_REMEMBERED = 10_000
/** Hashes computed at the same time; the thread pool they use also serves file and name look-ups. */
const MAX_HASHING = 2
/** Logins that wait for their turn; above it a login is answered "server unavailable". */
const MAX_WAITING = 1000

/** User name → its line's hash. */
export type CredentialTable = ReadonlyMap<string, string>

/** `right`, `wrong`, or `busy` when too many logins wait already. */
type Verdict = 'right' | 'wrong' | 'busy'

export interface Credentials {
  has(user: string): boolean
  verify(user: string, password: Buffer): Promise<Verdict>
}

/**
 * Reads the text of a credentials file: one `user:hash` per line, empty lines and lines starting with `#` are skipped.
 * @throws HallwattError HW_CREDENTIALS_INVALID with every problem of the file
 */
export function parseCredentials(path: string, text: string): CredentialTable {
  const table = new Map<string, string>()
  const problems: Problem[] = []
  const lines = text.split(/\r?\n/)
  lines.forEach((content, i) => {
    if (content.trim() === '' || content.startsWith('#')) return
    const line = i + 1
    const colon = content.indexOf(':')
    const user = content.slice(0, Math.max(colon, 0))
    const problem = (column: number, message: string) => problems.push({ line, column, path: user || 'line', message })
    if (colon <= 0 || !isUserName(user))
      problem(1, 'A line is `user:hash`; a user name has 1–64 characters without colon, space, "/", "+" and "#".')
    else if (table.has(user)) problem(1, `"${user}" stands here a second time; keep one line.`)
    else {
      const hash = content.slice(colon + 1).trim()
      const wrong = problemOfHash(hash)
      if (wrong !== undefined) problem(colon + 2, wrong)
      else table.set(user, hash)
    }
  })
  if (problems.length > 0) {
    const noun = problems.length === 1 ? 'problem' : 'problems'
    const list = problems.map((p) => `  ${p.line}:${p.column} ${p.message}`).join('\n')
    throw new HallwattError('HW_CREDENTIALS_INVALID', `${path} has ${problems.length} ${noun}:\n${list}`, { problems })
  }
  return table
}

/** @throws HallwattError HW_FILE_UNREADABLE or HW_CREDENTIALS_INVALID */
export async function readCredentials(path: string): Promise<CredentialTable> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HallwattError('HW_FILE_UNREADABLE', `The credentials file ${path} could not be read.`, { cause })
  })
  return parseCredentials(path, text)
}

/**
 * Sets the password of one user, keeping the other lines. The file is replaced as a whole and readable by its owner only.
 * @param password at least 128 random bits: it is stored under a cheap hash
 */
export async function writeCredential(path: string, user: string, password: string): Promise<void> {
  if (!isUserName(user))
    throw new HallwattError(
      'HW_USAGE',
      `"${user}" cannot be a user name: 1–64 characters without colon, space, "/", "+", "#".`,
    )
  if (password.length === 0) throw new HallwattError('HW_USAGE', 'The password is empty.')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new HallwattError('HW_FILE_UNREADABLE', `The credentials file ${path} could not be read.`, { cause: error })
  })
  parseCredentials(path, text)
  const entry = `${user}:${await hashRandomPassword(password)}`
  const lines = text.split(/\r?\n/).filter((line, i, all) => line !== '' || i < all.length - 1)
  const at = lines.findIndex((line) => line.startsWith(`${user}:`))
  if (at < 0) lines.push(entry)
  else lines[at] = entry
  await replaceFile(path, `${lines.join('\n')}\n`)
}

/** Verifies against a table; remembers what was right for ten minutes under a key that lives only in this process. */
export function createCredentials(table: CredentialTable, clock: Clock): Credentials {
  const secret = randomBytes(32)
  const remembered = new Map<string, number>()
  const waiting: (() => void)[] = []
  /** Being hashed, or waiting for it: who tries again before it is his turn adds nothing. */
  const underWay = new Map<string, Promise<boolean>>()
  let hashing = 0

  async function verifySlowly(hash: string, password: Buffer): Promise<boolean> {
    if (hashing >= MAX_HASHING) await new Promise<void>((resolve) => waiting.push(resolve))
    hashing++
    try {
      return await verifyPassword(hash, password)
    } finally {
      hashing--
      waiting.shift()?.()
    }
  }

  return {
    has: (user) => table.has(user),
    async verify(user, password) {
      const hash = table.get(user)
      // An unknown name costs no hash: names are device ids and no secret, and a guesser must not keep the machine busy.
      if (hash === undefined) return 'wrong'
      const fingerprint = createHmac('sha256', secret).update(`${user}\0${hash}\0`).update(password).digest('base64')
      const until = remembered.get(fingerprint)
      if (until !== undefined && clock.monotonicMs() < until) return 'right'
      let verified = underWay.get(fingerprint)
      if (!verified) {
        if (waiting.length >= MAX_WAITING) return 'busy'
        verified = verifySlowly(hash, password).finally(() => underWay.delete(fingerprint))
        underWay.set(fingerprint, verified)
      }
      if (!(await verified)) return 'wrong'
      if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '')
      remembered.set(fingerprint, clock.monotonicMs() + REMEMBER_MS)
      return 'right'
    },
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a name with control characters could forge a line
const isUserName = (user: string) => /^[^:\s/+#\u0000-\u001f]{1,64}$/u.test(user) && isCleanText(user)

/** Writes beside the file and renames, so that a power cut leaves the old file or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      await file.chmod(0o600)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
