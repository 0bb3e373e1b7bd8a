import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

type Reading = { value: number | null; quality: string; reason?: string }
type Device = { presence: string; readings: Record<string, Reading> }

/** The page's own judgement: its script up to where it starts to talk to the gateway, run without a browser. */
async function judge(device: Device): Promise<{ state: string; why: { zh: string } | undefined }> {
  const script = await readFile(new URL('./page/live.js', import.meta.url), 'utf8')
  const functions = script.slice(0, script.indexOf('async function follow'))
  return runInNewContext(`${functions}; ({ state: stateOf(device), why: whyNoGoodValue(device) })`, { device })
}

const bad = (reason: string): Reading => ({ value: null, quality: 'bad', reason })
const good: Reading = { value: 1, quality: 'good' }

test('a meter whose every register is refused is not shown as plainly online', async () => {
  const readings = { online: good, activePower: bad('exception'), voltageL1: bad('exception') }
  expect(await judge({ presence: 'online', readings })).toMatchObject({ state: 'fault', why: { zh: '设备拒绝' } })
})

test('a device that is there but sent no value yet is not shown as plainly online', async () => {
  expect(await judge({ presence: 'online', readings: { online: good } })).toMatchObject({
    state: 'fault',
    why: { zh: '尚无读数' },
  })
})

test('one good value among bad ones is enough to be online', async () => {
  const readings = { activePower: good, frequency: bad('exception') }
  expect(await judge({ presence: 'online', readings })).toMatchObject({ state: 'online', why: undefined })
})

test('a device that does not answer stays offline', async () => {
  expect(await judge({ presence: 'offline', readings: {} })).toMatchObject({ state: 'offline' })
})
