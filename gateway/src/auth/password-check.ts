import { hashPassword, verifyPassword } from '../ports/password.ts'

/** Hashes computed at the same time; the thread pool they use also serves files and the store. */
const MAX_HASHING = 2
/** Logins that wait for their turn, about 3 s; above it a login is answered HW_AUTH_BUSY. */
const MAX_WAITING = 100
const SHORTEST = 10
const LONGEST = 200

export interface PasswordCheck {
  /** `hash` undefined: nobody of that name; takes as long as a wrong password, so that names cannot be found out. */
  verify(hash: string | undefined, password: string): Promise<'right' | 'wrong' | 'busy'>
  hash(password: string): Promise<string>
}

/** Passwords are compared as people type them: composed characters are one whatever the keyboard sent. */
const asTyped = (password: string) => password.normalize('NFKC')

export async function createPasswordCheck(): Promise<PasswordCheck> {
  const nobody = await hashPassword('')
  const waiting: (() => void)[] = []
  let hashing = 0

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (hashing >= MAX_HASHING) await new Promise<void>((resolve) => waiting.push(resolve))
    hashing += 1
    try {
      return await work()
    } finally {
      hashing -= 1
      waiting.shift()?.()
    }
  }

  return {
    async verify(hash, password) {
      if (password.length > LONGEST) return 'wrong'
      if (waiting.length >= MAX_WAITING) return 'busy'
      const right = await inTurn(() => verifyPassword(hash ?? nobody, asTyped(password)))
      return right && hash !== undefined ? 'right' : 'wrong'
    },
    hash: (password) => inTurn(() => hashPassword(asTyped(password))),
  }
}

/** What is wrong with a new password; undefined when it can be taken. */
export function weakness(user: string, password: string): string | undefined {
  if ([...password].length < SHORTEST) return `The new password is shorter than ${SHORTEST} characters.`
  if (password.length > LONGEST) return `The new password is longer than ${LONGEST} characters.`
  if (password.toLowerCase().includes(user.toLowerCase())) return 'The new password contains the user name.'
  if (new Set(password).size < 5) return 'The new password repeats fewer than five different characters.'
  return undefined
}
