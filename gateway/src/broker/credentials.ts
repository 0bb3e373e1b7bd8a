import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { HallwattError, type Problem } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { isCleanText } from './topic-filter.ts'

/** scrypt cost of new passwords: 16 MB and about 50 ms of one core each. */
const COST = { N: 16_384, r: 8, p: 1 } as const
const KEY_BYTES = 32
/** Costs above these are refused in a file: one login would take seconds or gigabytes. */
const MAX_N = 2 ** 20
const MAX_R_TIMES_P = 64
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

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
export async function hashPassword(password: string | Buffer, salt = randomBytes(16)): Promise<string> {
  const key = await derive(password, salt, COST, KEY_BYTES)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** True when the password is the one `hash` was made of. Never throws: a line that cannot be read matches nothing. */
export async function verifyPassword(hash: string, password: string | Buffer): Promise<boolean> {
  const parsed = parseHash(hash)
  if (typeof parsed === 'string') return false
  const key = await derive(password, parsed.salt, parsed, parsed.key.length)
  return timingSafeEqual(key, parsed.key)
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
      const parsed = parseHash(hash)
      if (typeof parsed === 'string') problem(colon + 2, parsed)
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

/** Sets the password of one user, keeping the other lines. The file is replaced as a whole and readable by its owner only. */
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
  const entry = `${user}:${await hashPassword(password)}`
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
      if (waiting.length >= MAX_WAITING) return 'busy'
      if (!(await verifySlowly(hash, password))) return 'wrong'
      if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '')
      remembered.set(fingerprint, clock.monotonicMs() + REMEMBER_MS)
      return 'right'
    },
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a name with control characters could forge a line
const isUserName = (user: string) => /^[^:\s/+#\u0000-\u001f]{1,64}$/u.test(user) && isCleanText(user)

interface Hash {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly key: Buffer
}

/** The parts of a hash, or what is wrong with it. */
function parseHash(hash: string): Hash | string {
  const [kind, n, r, p, salt, key, more] = hash.split('$')
  if (kind !== 'scrypt' || key === undefined || more !== undefined)
    return 'The hash is not `scrypt$N$r$p$salt$hash`; write it with `hallwatt mqtt password <user>`.'
  const parsed = {
    N: Number(n),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt ?? '', 'base64'),
    key: Buffer.from(key, 'base64'),
  }
  const powerOfTwo = Number.isInteger(Math.log2(parsed.N)) && parsed.N >= 1024 && parsed.N <= MAX_N
  const small = Number.isInteger(parsed.r) && Number.isInteger(parsed.p) && parsed.r > 0 && parsed.p > 0
  if (!powerOfTwo || !small || parsed.r * parsed.p > MAX_R_TIMES_P)
    return `The scrypt cost ${n}, ${r}, ${p} is out of range: N a power of two from 1024 to ${MAX_N}, r × p at most ${MAX_R_TIMES_P}.`
  if (parsed.salt.length < 8 || parsed.key.length < 16) return 'Salt or hash is too short; the line may have been cut.'
  return parsed
}

function derive(password: string | Buffer, salt: Buffer, cost: { N: number; r: number; p: number }, bytes: number) {
  const options = { N: cost.N, r: cost.r, p: cost.p, maxmem: 256 * cost.N * cost.r }
  return new Promise<Buffer>((resolve, reject) =>
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}

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
