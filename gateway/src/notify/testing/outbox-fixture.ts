import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Clock } from '../../ports/clock.ts'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../../store/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import type { Channel, ChannelLimits, Message, Verdict } from '../channel.ts'
import type { Notice } from '../notice.ts'
import { createOutbox, type Outbox, type OutboxOptions } from '../outbox.ts'
import { noticeWrites, notifyTables } from '../outbox-tables.ts'
import { person, sampleHall } from './notice-samples.ts'

/** A channel that keeps what it is given and answers as told. */
export interface FakeChannel extends Channel {
  readonly sent: Message[]
  answer(verdict: (message: Message, index: number) => Verdict | Promise<Verdict>): void
}

export const ROBOT: ChannelLimits = { textBytes: 3600, perMinute: 18, personal: false, gathers: true }
export const MACHINE: ChannelLimits = { textBytes: 18_000, personal: false, gathers: false }

export function fakeChannel(limits: ChannelLimits = ROBOT): FakeChannel {
  const sent: Message[] = []
  let verdict: (message: Message, index: number) => Verdict | Promise<Verdict> = () => ({ type: 'ok' })
  return {
    type: 'fake',
    limits,
    sent,
    answer: (next) => {
      verdict = next
    },
    async send(message) {
      return await verdict(message, sent.push(message) - 1)
    },
  }
}

export interface OutboxFixture {
  readonly store: Store
  readonly outbox: Outbox
  /** Commits notices the way the repair chain does, and kicks. */
  tell(...notices: Notice[]): Promise<void>
  /** Resolves when the condition holds; looks after every event loop turn, at most 20 s. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>
  /** Ends the outbox and starts one on the same store, as after a restart. */
  restart(channels?: Record<string, Channel>): Promise<Outbox>
  close(): Promise<void>
}

export async function openOutbox(
  channels: Record<string, Channel>,
  more: Partial<OutboxOptions> & { clock?: Clock } = {},
): Promise<OutboxFixture> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-notify-'))
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: notifyTables })
  const start = (some: Record<string, Channel>) =>
    createOutbox({
      store,
      hall: sampleHall([person('zhang'), person('li')]),
      channels: new Map(Object.entries(some)),
      taps: {
        tap: ({ act, order }) => `https://hall.example/t/${act}-${order}`,
        overview: () => 'https://hall.example/',
      },
      clock: systemClock,
      log: silentLog,
      random: () => 0.01,
      ...more,
    })
  let outbox = await start(channels)
  return {
    store,
    get outbox() {
      return outbox
    },
    async tell(...notices) {
      await store.commit(noticeWrites(notices))
      outbox.kick()
    },
    async until(condition) {
      const deadline = performance.now() + 20_000
      while (!(await condition())) {
        if (performance.now() > deadline) throw new Error('The condition did not come to hold within 20 s.')
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    async restart(next = channels) {
      await outbox.close()
      outbox = await start(next)
      return outbox
    },
    async close() {
      await outbox.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
