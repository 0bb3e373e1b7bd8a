import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { BLOCK_BYTES, paddingOf, tarHeader } from './tar.ts'

/** One file of a backup: its text, or where it lies. */
export type Packed = { readonly name: string; readonly text: string } | { readonly name: string; readonly path: string }

export interface Manifest {
  readonly format: 1
  /** Of the program that took it. */
  readonly version: string
  /** ISO 8601. */
  readonly takenAt: string
  readonly hall: { readonly id: string; readonly name: string }
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
}

/** Stands last: a backup that was cut off has none. */
export const MANIFEST = 'hallwatt-backup.json'

/** Files as one tar, a piece at a time; the list of their checksums stands at the end. `onEnd` is called once, however it ends. */
export function packFiles(
  files: readonly Packed[],
  about: Omit<Manifest, 'files' | 'format'>,
  onEnd: () => unknown,
): Readable {
  const stream = Readable.from(blocksOf(files, about))
  stream.once('close', onEnd)
  return stream
}

async function* blocksOf(files: readonly Packed[], about: Omit<Manifest, 'files' | 'format'>): AsyncGenerator<Buffer> {
  const atMs = Date.parse(about.takenAt)
  const listed: Manifest['files'][number][] = []
  for (const file of files) {
    const hash = createHash('sha256')
    const bytes = 'path' in file ? (await stat(file.path)).size : Buffer.byteLength(file.text)
    yield tarHeader(file.name, bytes, atMs)
    if ('path' in file) {
      let left = bytes
      for await (const chunk of createReadStream(file.path, { highWaterMark: 256 * 1024 })) {
        const piece = (chunk as Buffer).subarray(0, left)
        left -= piece.length
        hash.update(piece)
        yield piece
      }
      if (left > 0) throw new Error(`${file.name} became shorter while it was read`)
    } else {
      const text = Buffer.from(file.text)
      hash.update(text)
      yield text
    }
    yield Buffer.alloc(paddingOf(bytes))
    listed.push({ name: file.name, bytes, sha256: hash.digest('hex') })
  }
  const manifest: Manifest = { format: 1, ...about, files: listed }
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  yield tarHeader(MANIFEST, text.length, atMs)
  yield text
  yield Buffer.alloc(paddingOf(text.length) + 2 * BLOCK_BYTES)
}
