import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** scrypt cost of passwords that people choose: 16 MB and about 50 ms of one core each. */
const COST = { N: 16_384, r: 8, p: 1 } as const
/**
 * Of passwords that were drawn at random: 1 MB and about 3 ms. A slow hash protects what can be guessed; 128 random bits cannot be,
 * however fast each try is. And a hall whose devices all come back at once is let in at once.
 */
const RANDOM_COST = { N: 1024, r: 8, p: 1 } as const
const KEY_BYTES = 32
/** Costs above these are refused in a file: one login would take seconds or gigabytes. */
const MAX_N = 2 ** 20
const MAX_R_TIMES_P = 64

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
export const hashPassword = (password: string | Buffer): Promise<string> => hash(password, COST)

/** The same for a password of at least 128 random bits; never for one that a person chose. */
export const hashRandomPassword = (password: string | Buffer): Promise<string> => hash(password, RANDOM_COST)

/** True when the password is the one `hash` was made of. Never throws: a line that cannot be read matches nothing. */
export async function verifyPassword(hash: string, password: string | Buffer): Promise<boolean> {
  const parsed = parseHash(hash)
  if (typeof parsed === 'string') return false
  const key = await derive(password, parsed.salt, parsed, parsed.key.length)
  return timingSafeEqual(key, parsed.key)
}

/** What is wrong with a hash; undefined when it can be used. */
export function problemOfHash(hash: string): string | undefined {
  const parsed = parseHash(hash)
  return typeof parsed === 'string' ? parsed : undefined
}

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

async function hash(password: string | Buffer, cost: { N: number; r: number; p: number }): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost, KEY_BYTES)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$')
}

function derive(password: string | Buffer, salt: Buffer, cost: { N: number; r: number; p: number }, bytes: number) {
  const options = { N: cost.N, r: cost.r, p: cost.p, maxmem: 256 * cost.N * cost.r }
  return new Promise<Buffer>((resolve, reject) =>
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}
