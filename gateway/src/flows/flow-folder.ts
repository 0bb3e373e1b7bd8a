import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSecret } from '../config/secrets.ts'
import { HallwattError } from '../domain/errors.ts'

/** Longest path a Unix domain socket can have on every system we run on, without its closing zero byte. */
const MAX_SOCKET_PATH = 100

export interface FlowFolder {
  readonly folder: string
  readonly socket: string
  readonly credentialSecret: string
}

/**
 * Makes the folder in which a hall keeps its flows, readable by this user only. At the first start, and never again, the shipped
 * flows are copied into it: from then on they are the hall's own.
 * @param templates  folder with one `<purpose>.json` per shipped flow, and `credentials.json`
 * @throws HallwattError HW_FLOW_FOLDER
 */
export async function prepareFlowFolder(
  folder: string,
  templates: string,
  environment: Record<string, string | undefined>,
): Promise<FlowFolder> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await copyTemplates(templates, join(folder, 'flows'))
    const credentialSecret =
      readSecret(environment, 'HALLWATT_FLOWS_SECRET') ?? (await ownSecret(join(folder, 'credential-secret')))
    return { folder, socket: await socketPath(folder), credentialSecret }
  } catch (cause) {
    if (cause instanceof HallwattError) throw cause
    throw new HallwattError('HW_FLOW_FOLDER', `The folder of the flows cannot be used: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function copyTemplates(from: string, to: string): Promise<void> {
  if (existsSync(to)) return
  // Renamed when complete: a power cut in between leaves nothing that looks like a hall's own flows.
  const fresh = `${to}.new`
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  for (const name of await readdir(from))
    if (name.endsWith('.json') && name !== 'package.json') await copyFile(join(from, name), join(fresh, name))
  await rename(fresh, to)
}

/** Made once; a lost one means the credentials of nodes have to be entered again. */
async function ownSecret(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => '')
  if (known.trim() !== '') return known.trim()
  const made = randomBytes(32).toString('base64url')
  await writeFile(file, `${made}\n`, { mode: 0o600 })
  return made
}

async function socketPath(folder: string): Promise<string> {
  const own = join(folder, 'editor.sock')
  if (Buffer.byteLength(own) <= MAX_SOCKET_PATH) return own
  const short = join(tmpdir(), `hallwatt-flows-${process.pid}`)
  await mkdir(short, { recursive: true, mode: 0o700 })
  return join(short, 'editor.sock')
}
