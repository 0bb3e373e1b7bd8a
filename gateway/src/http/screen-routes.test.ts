import { expect, onTestFinished, test } from 'vitest'
import { openBigScreens, type PairedScreen } from '../big-screens/big-screens.ts'
import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { Role } from '../domain/role.ts'
import { systemClock } from '../ports/system-clock.ts'
import { NO_DEMOS } from './demo-fixture.ts'
import { httpHall, NOBODY } from './http-fixture.ts'

const ROLES: Record<string, readonly Role[]> = { guide: ['guide'], viewer: ['viewer'] }

/** A hall with one screen, whose disk outlives the gateway, and runs that a test tells of. */
async function screenHall(disk: { paired: readonly PairedScreen[] } = { paired: [] }) {
  const listeners = new Set<(run: RunView) => void>()
  let runs: readonly RunView[] = []
  const demos: DemoRuns = {
    ...NO_DEMOS,
    runs: () => runs,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const bigScreens = await openBigScreens({
    hall: () => ({ id: 'donghu', name: '东湖厅' }),
    screens: () => [{ id: 'main', name: '主屏' }],
    isOpen: () => true,
    demos,
    paired: {
      load: async () => disk.paired,
      save: async (value) => {
        disk.paired = value
      },
    },
    clock: systemClock,
  })
  onTestFinished(() => bigScreens.close())
  const session = (id: string) => {
    const roles = ROLES[id]
    return roles && { user: id, roles, mustChange: false }
  }
  const hall = await httpHall({ views: { demos, bigScreens, auth: { ...NOBODY, session } } })
  const send = (path: string, body: object, cookie = '') =>
    hall.get(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie },
    })
  return {
    ...hall,
    send,
    tell(run: RunView) {
      runs = [run]
      for (const listener of listeners) listener(run)
    },
    /** A browser that opened /screen/main: its cookie, and the digits it shows. */
    async screen() {
      const answer = await send('/api/v1/screens/main/pairing', {})
      const { code } = (await answer.json()) as { code: string }
      return { code, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', answer }
    },
  }
}

type Hall = Awaited<ReturnType<typeof screenHall>>

/** What the stream of a screen says, event by event. */
async function picture(hall: Pick<Hall, 'url'>, cookie: string) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const answer = await fetch(`${hall.url}/api/v1/screens/main/stream`, { headers: { cookie }, signal: stop.signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    status: answer.status,
    async next(): Promise<{ run: RunView | null; dark: boolean }> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const event = text.slice(0, end)
          text = text.slice(end + 2)
          if (event.startsWith('event: screen')) return JSON.parse(event.slice(event.indexOf('data: ') + 6))
          continue
        }
        const more = await reader?.read()
        if (!more || more.done) throw new Error('the stream ended')
        text += more.value
      }
    },
  }
}

const bilingual = { zh: '一锅水的比赛', en: 'Boil-off race' }
const RUN: RunView = {
  ...{ id: 'R1', scenario: 'boil-off', version: 1, name: bilingual, state: 'running', mark: 'live', rehearsal: false },
  ...{ by: 'guide', screen: 'main', at: 1, startedAt: 1, elapsedS: 3, next: null, panel: null, ask: null, inputs: [] },
  step: { id: 'race', index: 1, of: 2, title: bilingual, say: bilingual, waits: 'condition', leftS: null },
  circuits: [],
  figures: [],
  interlocks: [],
  hot: [],
  shown: [],
  roles: [
    {
      ...{ role: 'inductionHob', name: bilingual, device: 'hob-1', mark: 'live', switched: true, on: true, onForS: 2 },
      ...{ powerW: 1900, values: {}, ageS: 0.5, quality: 'good' },
    },
  ],
  reason: { code: 'HW_COMMAND_OFFLINE', text: { zh: '电陶炉离线', en: 'The ceramic hob is offline' } },
}

test('a screen shows nothing until a guide has entered its six digits', async () => {
  const hall = await screenHall()
  const screen = await hall.screen()
  expect(screen.code).toMatch(/^\d{6}$/)
  expect((await picture(hall, screen.cookie)).status).toBe(401)
  const paired = await hall.send('/api/v1/screens/pair', { code: screen.code }, 'hallwatt_session=guide')
  expect(await paired.json()).toEqual({ screen: 'main' })
  expect((await picture(hall, screen.cookie)).status).toBe(200)
  const asked = await hall.get('/api/v1/screens/main', { headers: { cookie: screen.cookie } })
  expect(await asked.json()).toEqual({ paired: true })
})

test('digits that no screen shows pair nothing, and say so', async () => {
  const hall = await screenHall()
  const screen = await hall.screen()
  const wrong = screen.code === '000001' ? '000002' : '000001'
  const answer = await hall.send('/api/v1/screens/pair', { code: wrong }, 'hallwatt_session=guide')
  expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'HW_SCREEN_CODE_UNKNOWN' }])
  expect((await picture(hall, screen.cookie)).status).toBe(401)
})

test('whoever may only look cannot pair a screen, and nobody tries digits without end', async () => {
  const hall = await screenHall()
  expect((await hall.send('/api/v1/screens/pair', { code: '000001' }, 'hallwatt_session=viewer')).status).toBe(403)
  const tries = Array.from({ length: 12 }, () =>
    hall.send('/api/v1/screens/pair', { code: '000001' }, 'hallwatt_session=guide'),
  )
  expect((await Promise.all(tries)).map(({ status }) => status)).toContain(429)
})

test('a paired screen is still paired after the gateway was started anew', async () => {
  const disk = { paired: [] as readonly PairedScreen[] }
  const before = await screenHall(disk)
  const screen = await before.screen()
  await before.send('/api/v1/screens/pair', { code: screen.code }, 'hallwatt_session=guide')
  const after = await screenHall(disk)
  expect((await picture(after, screen.cookie)).status).toBe(200)
  expect(JSON.stringify(disk.paired)).not.toContain(screen.cookie.split('=')[1])
})

test('the cookie of a screen is for no script and no other address', async () => {
  const { answer } = await (await screenHall()).screen()
  const [cookie] = answer.headers.getSetCookie()
  for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/screens/main']) expect(cookie).toContain(word)
})

test('the public sees the run, and never who leads it, on which device, or what went wrong', async () => {
  const hall = await screenHall()
  const screen = await hall.screen()
  await hall.send('/api/v1/screens/pair', { code: screen.code }, 'hallwatt_session=guide')
  const stream = await picture(hall, screen.cookie)
  expect((await stream.next()).run).toBeNull()
  hall.tell(RUN)
  const { run } = await stream.next()
  expect(run).toMatchObject({ scenario: 'boil-off', state: 'running', roles: [{ role: 'inductionHob', powerW: 1900 }] })
  const seen = JSON.stringify(run)
  for (const secret of ['hob-1', 'HW_COMMAND_OFFLINE', 'guide', 'say']) expect(seen).not.toContain(secret)
})

test('a run that was stopped leaves the screen at once', async () => {
  const hall = await screenHall()
  const screen = await hall.screen()
  await hall.send('/api/v1/screens/pair', { code: screen.code }, 'hallwatt_session=guide')
  hall.tell(RUN)
  const stream = await picture(hall, screen.cookie)
  expect((await stream.next()).run).not.toBeNull()
  hall.tell({ ...RUN, state: 'aborted' })
  expect((await stream.next()).run).toBeNull()
})

test('a guide makes the screen black and bright again', async () => {
  const hall = await screenHall()
  const screen = await hall.screen()
  await hall.send('/api/v1/screens/pair', { code: screen.code }, 'hallwatt_session=guide')
  const stream = await picture(hall, screen.cookie)
  expect((await stream.next()).dark).toBe(false)
  await hall.send('/api/v1/screens/main/dark', { dark: true }, 'hallwatt_session=guide')
  expect((await stream.next()).dark).toBe(true)
})
