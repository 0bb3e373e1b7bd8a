import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { prepareFlowFolder } from './flow-folder.ts'
import { FLOWS_PROJECT } from './launch-node-red.ts'

async function freshFolder() {
  const data = await mkdtemp(join(tmpdir(), 'hallwatt-flow-folder-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  return join(data, 'flows')
}

test('the first start copies the shipped flows; later starts leave the hall’s own alone', async () => {
  const folder = await freshFolder()
  const first = await prepareFlowFolder(folder, FLOWS_PROJECT, {})
  const names = await readdir(join(folder, 'flows'))
  expect(names).toContain('tower-light.json')
  expect(names).not.toContain('package.json')
  await rm(join(folder, 'flows', 'tower-light.json'))
  await writeFile(join(folder, 'flows', 'counter-toast.json'), '[]')
  const second = await prepareFlowFolder(folder, FLOWS_PROJECT, {})
  expect(await readdir(join(folder, 'flows'))).not.toContain('tower-light.json')
  expect(await readFile(join(folder, 'flows', 'counter-toast.json'), 'utf8')).toBe('[]')
  expect(second.credentialSecret).toBe(first.credentialSecret)
})

test('the secret of the credentials is readable by this user only, or comes from the environment', async () => {
  const folder = await freshFolder()
  const { credentialSecret } = await prepareFlowFolder(folder, FLOWS_PROJECT, {})
  expect(credentialSecret.length).toBeGreaterThan(40)
  expect((await stat(join(folder, 'credential-secret'))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  const given = await prepareFlowFolder(folder, FLOWS_PROJECT, { HALLWATT_FLOWS_SECRET: 'ours' })
  expect(given.credentialSecret).toBe('ours')
})

test('a folder that cannot be made is one clear refusal', async () => {
  const folder = await freshFolder()
  await writeFile(folder, 'a file')
  await expect(prepareFlowFolder(folder, FLOWS_PROJECT, {})).rejects.toMatchObject({ code: 'HW_FLOW_FOLDER' })
})
