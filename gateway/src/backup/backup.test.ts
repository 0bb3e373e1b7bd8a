import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { packFiles } from './pack.ts'
import { BLOCK_BYTES, readTarHeader, tarHeader } from './tar.ts'
import { unpackBackup } from './unpack.ts'

const ABOUT = { version: '1', takenAt: '2026-11-22T00:00:00.000Z', hall: { id: 'donghu', name: '东湖' } }
const FILES = [
  { name: 'hall.yaml', text: 'hall: { id: donghu }\n' },
  { name: 'device-profiles/eastron/sdm630.yaml', text: 'x'.repeat(1500) },
  { name: 'store/store.sqlite', text: 'y'.repeat(512) },
]

async function scratch() {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function restored(bytes: Buffer) {
  const folder = await scratch()
  const file = join(folder, 'b.tar')
  await writeFile(file, bytes)
  const target = join(folder, 'out')
  return { manifest: await unpackBackup(file, target), target }
}

const packed = (files = FILES) => buffer(packFiles(files, ABOUT, () => {}))

test('what was packed comes back byte by byte', async () => {
  const { manifest, target } = await restored(await packed())
  expect(manifest).toMatchObject({ format: 1, hall: { name: '东湖' } })
  for (const { name, text } of FILES) expect(await readFile(join(target, name), 'utf8')).toBe(text)
})

test('a flipped bit, a cut and a file nobody listed are refused, and nothing stays behind', async () => {
  const whole = await packed()
  const flipped = Buffer.from(whole)
  flipped[BLOCK_BYTES] = 0x58
  await expect(restored(flipped)).rejects.toMatchObject({ code: 'HW_RESTORE_REFUSED' })
  for (const cut of [100, 700, whole.length - 3000])
    await expect(restored(whole.subarray(0, cut))).rejects.toMatchObject({ code: 'HW_RESTORE_REFUSED' })
  await expect(restored(Buffer.from('not a tar at all'))).rejects.toMatchObject({ code: 'HW_RESTORE_REFUSED' })
})

test.each(['../evil.yaml', '/etc/passwd', 'hall.yaml/../../x', 'device-profiles/../../x.yaml', 'other.txt'])(
  'a tar that would write %s is refused',
  async (name) => {
    await expect(restored(await packed([{ name, text: 'x' }]))).rejects.toMatchObject({ code: 'HW_RESTORE_REFUSED' })
  },
)

test('a folder that holds anything is not restored into', async () => {
  const folder = await scratch()
  await writeFile(join(folder, 'b.tar'), await packed())
  await expect(unpackBackup(join(folder, 'b.tar'), folder)).rejects.toThrow('is not empty')
})

test('a header says what it was given', () => {
  expect(readTarHeader(tarHeader('store/store.sqlite', 123_456_789, 0))).toEqual({
    name: 'store/store.sqlite',
    bytes: 123_456_789,
  })
  expect(readTarHeader(Buffer.alloc(BLOCK_BYTES))).toBeUndefined()
})
