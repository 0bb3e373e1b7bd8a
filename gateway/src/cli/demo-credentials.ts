import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCredential } from '../broker/credentials.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'

/**
 * Gives every MQTT user of the hall a password of its own: hashed for the broker (`mqtt-credentials`), in clear for the
 * simulated devices (`mqtt-passwords.json`, readable by this user only). Kept from one start of the demo to the next.
 * @returns path of the file for the simulators
 */
export async function demoCredentials(folder: string, { devices }: ResolvedHall): Promise<string> {
  const file = join(folder, 'mqtt-passwords.json')
  const passwords = await readPasswords(file)
  const users = new Set(
    [...devices.values()].map(({ connection }) => (connection.via === 'mqtt' ? connection.user : '')),
  )
  users.delete('')
  const fresh = [...users].filter((user) => passwords[user] === undefined)
  for (const user of fresh) passwords[user] = randomBytes(18).toString('base64url')
  await writeFile(file, JSON.stringify(passwords), { mode: 0o600 })
  for (const user of fresh) await writeCredential(join(folder, 'mqtt-credentials'), user, passwords[user] as string)
  return file
}

const readPasswords = async (file: string): Promise<Record<string, string>> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
  } catch {
    return {} // first start, or a file torn by a crash: everybody gets a new password
  }
}
