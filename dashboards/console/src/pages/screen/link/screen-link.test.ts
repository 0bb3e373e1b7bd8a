import { expect, test } from 'vitest'
import { viewOf } from '../../../../test/screen-views.ts'
import { streamRig } from '../../../../test/stream-rig.ts'
import type { ScreenView } from '../screen-view.ts'
import { createScreenLink, type ScreenLinkState, type StreamAnswer } from './screen-link.ts'

/** A screen whose time, streams and gateway a test moves by hand. */
function rig(first: StreamAnswer) {
  const states: ScreenLinkState[] = []
  const views: ScreenView[] = []
  const { world: stream, sources, clock, pass } = streamRig()
  const world = { answer: first, codes: 0, gives: true }
  const link = createScreenLink({
    ...stream,
    probe: async () => world.answer,
    askCode: async () => {
      if (!world.gives) return undefined
      world.codes += 1
      return { code: String(100_000 + world.codes), until: clock.now + 600_000 }
    },
    wallMs: () => clock.now,
    state: (state) => states.push(state),
    view: (view) => views.push(view),
  })
  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
  return {
    ...{ link, states, views, sources, clock, world, settle },
    last: () => states.at(-1),
    send: (view: ScreenView) => sources.at(-1)!.events.get('screen')!(JSON.stringify(view)),
    /** In steps of a second, as time passes; no longer than until something has come true. */
    async pass(ms: number, until: () => boolean = () => false) {
      for (const end = clock.now + ms; clock.now < end && !until(); ) {
        pass(1000)
        await settle()
      }
    },
  }
}

test('a paired screen shows what it is told', async () => {
  const { settle, send, last, views, sources } = rig('open')
  await settle()
  expect(sources).toHaveLength(1)
  send(viewOf(null))
  expect(last()).toEqual({ is: 'live' })
  expect(views).toHaveLength(1)
})

test('a screen that is not paired shows six digits until somebody enters them, and then the picture, by itself', async () => {
  const { settle, pass, send, last, sources, world } = rig('not-paired')
  await settle()
  expect(last()).toMatchObject({ is: 'pairing', code: '100001' })
  await pass(30_000)
  expect(world.codes).toBe(1)
  expect(sources).toHaveLength(0)
  world.answer = 'open'
  await pass(3_000)
  expect(sources).toHaveLength(1)
  send(viewOf(null))
  expect(last()).toEqual({ is: 'live' })
})

test('digits that nobody entered in time are replaced by new ones', async () => {
  const { settle, pass, last, world } = rig('not-paired')
  await settle()
  await pass(603_000)
  expect(last()).toMatchObject({ is: 'pairing', code: '100002' })
  expect(world.codes).toBe(2)
})

test('a gateway that gives no digits is asked again with growing pauses', async () => {
  const { settle, pass, last, world } = rig('not-paired')
  world.gives = false
  await settle()
  expect(last()).toEqual({ is: 'connecting' })
  world.gives = true
  await pass(5_000)
  expect(last()).toMatchObject({ is: 'pairing' })
})

test('a gateway that goes is waited for, and what it says after its return is shown', async () => {
  const { settle, pass, send, last, views, sources, clock, world } = rig('open')
  await settle()
  send(viewOf(null))
  world.answer = 'unreachable'
  clock.now = 5_000
  sources.at(-1)!.fail()
  expect(last()).toEqual({ is: 'lost', since: 5_000 })
  await pass(1_800_000)
  expect(sources).toHaveLength(1)
  // Since when stays what it was, however often it was tried.
  expect(last()).toEqual({ is: 'lost', since: 5_000 })
  world.answer = 'open'
  await pass(31_000, () => sources.length === 2)
  expect(sources).toHaveLength(2)
  send(viewOf(null, { at: 9 }))
  expect(last()).toEqual({ is: 'live' })
  expect(views.at(-1)?.at).toBe(9)
})

test('eleven silent seconds count as lost, although the connection seems open', async () => {
  const { settle, pass, send, last, sources } = rig('open')
  await settle()
  send(viewOf(null))
  sources.at(-1)!.events.get('heartbeat')!('{}')
  await pass(12_000)
  expect(last()).toMatchObject({ is: 'lost' })
  expect(sources[0]!.closed).toBe(true)
})

test('a screen whose pairing was taken away asks for new digits', async () => {
  const { settle, send, last, sources, world } = rig('open')
  await settle()
  send(viewOf(null))
  world.answer = 'not-paired'
  sources.at(-1)!.fail()
  await settle()
  expect(last()).toMatchObject({ is: 'pairing' })
})

test('a stream that opens and breaks again and again is not opened a hundred times a minute', async () => {
  const { settle, pass, sources } = rig('open')
  await settle()
  for (let i = 0; i < 60; i++) {
    sources.at(-1)!.fail()
    await settle()
    await pass(1000)
  }
  expect(sources.length).toBeLessThan(10)
})

test('a name that the hall does not know is said to be unknown, and looked up again', async () => {
  const { settle, pass, last, sources, world } = rig('unknown-name')
  await settle()
  expect(last()).toEqual({ is: 'unknown-name' })
  world.answer = 'open'
  await pass(31_000, () => sources.length === 1)
  expect(sources).toHaveLength(1)
})

test('a closed screen asks nobody anything', async () => {
  const { link, settle, pass, sources, states } = rig('open')
  link.close()
  await settle()
  await pass(60_000)
  expect(sources).toHaveLength(0)
  expect(states).toEqual([{ is: 'connecting' }])
})
