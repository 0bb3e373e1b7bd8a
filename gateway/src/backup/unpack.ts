import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HallwattError } from '../domain/errors.ts'
import { MANIFEST, type Manifest } from './pack.ts'
import { BLOCK_BYTES, paddingOf, readTarHeader } from './tar.ts'

/** What a backup may hold; anything else was not written by us. */
const EXPECTED = /^(hallwatt-backup\.json|hall\.yaml|store\/store\.sqlite|device-profiles\/[\w-]+\/[\w.-]+\.yaml)$/
const LARGEST_MANIFEST = 1024 * 1024

/**
 * Puts a backup into an empty folder. Nothing stays there unless the backup is whole: every file has the checksum it had when it
 * was packed.
 * @throws HallwattError HW_RESTORE_REFUSED, HW_FILE_UNREADABLE
 */
export async function unpackBackup(file: string, folder: string): Promise<Manifest> {
  const present = await readdir(folder).catch(() => [])
  if (present.length > 0) throw refused(`The folder ${folder} is not empty.`)
  await mkdir(folder, { recursive: true })
  const archive = await open(file, 'r').catch((cause: Error) => {
    throw new HallwattError('HW_FILE_UNREADABLE', `${file} cannot be read: ${cause.message}`, { cause })
  })
  const staging = join(folder, '.restoring')
  try {
    const manifest = await unpack(archive, staging)
    for (const name of await readdir(staging)) await rename(join(staging, name), join(folder, name))
    return manifest
  } finally {
    await archive.close()
    await rm(staging, { recursive: true, force: true })
  }
}

async function unpack(archive: FileHandle, folder: string): Promise<Manifest> {
  const sums = new Map<string, string>()
  let at = 0
  for (;;) {
    const header = await block(archive, at, BLOCK_BYTES)
    const entry = readTarHeader(header)
    if (entry === undefined) throw refused('The file ends before its list of contents: it was cut off.')
    if (typeof entry === 'string') throw refused(`This is no backup: ${entry}.`)
    const { name, bytes } = entry
    if (!EXPECTED.test(name) || name.includes('..'))
      throw refused(`It holds ${JSON.stringify(name)}, which no backup has.`)
    at += BLOCK_BYTES
    if (name === MANIFEST) {
      if (bytes > LARGEST_MANIFEST) throw refused('Its list of contents is too long.')
      return checked((await block(archive, at, bytes)).toString('utf8'), sums)
    }
    sums.set(name, await copyOut(archive, at, bytes, join(folder, name)))
    at += bytes + paddingOf(bytes)
  }
}

function checked(text: string, sums: ReadonlyMap<string, string>): Manifest {
  const manifest = manifestOf(text)
  for (const { name, sha256 } of manifest.files)
    if (sums.get(name) !== sha256) throw refused(`${name} is damaged or missing.`)
  if (manifest.files.length !== sums.size) throw refused('It holds files that are not in its list of contents.')
  return manifest
}

function manifestOf(text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest>
    if (manifest.format === 1 && Array.isArray(manifest.files) && manifest.hall) return manifest as Manifest
  } catch {
    // Said below.
  }
  throw refused('Its list of contents is not one this version can read.')
}

async function copyOut(archive: FileHandle, from: number, bytes: number, path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const hash = createHash('sha256')
  const target = await open(path, 'wx', 0o600)
  try {
    const piece = Buffer.alloc(Math.min(256 * 1024, Math.max(1, bytes)))
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await archive.read(piece, 0, Math.min(piece.length, bytes - done), from + done)
      if (bytesRead === 0) throw refused('The file was cut off.')
      hash.update(piece.subarray(0, bytesRead))
      await target.write(piece.subarray(0, bytesRead))
      done += bytesRead
    }
    await target.sync()
  } finally {
    await target.close()
  }
  return hash.digest('hex')
}

async function block(archive: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await archive.read(buffer, 0, bytes, at)
  if (bytesRead < bytes) throw refused('The file was cut off.')
  return buffer
}

const refused = (message: string) => new HallwattError('HW_RESTORE_REFUSED', message)
