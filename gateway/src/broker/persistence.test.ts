import assert from 'node:assert'
import { createRequire } from 'node:module'
import { test } from 'vitest'
import { systemClock } from '../ports/system-clock.ts'
import { createPersistence } from './persistence.ts'
import { createWriteBehind } from './write-behind.ts'

/** The suite Aedes runs over its own persistences, with one named test per case. */
interface SuiteContext {
  plan(count: number): void
  diagnostic(text: string): void
  assert: typeof assert
}
type Suite = (options: {
  test(name: string, body: (context: SuiteContext) => Promise<void>): void
  persistence(): object
  testAsync: boolean
}) => void

const suite: Suite = createRequire(createRequire(import.meta.url).resolve('aedes'))('aedes-persistence/abstract.js')

suite({
  test: (name, body) => test(`aedes-persistence: ${name}`, () => body({ plan() {}, diagnostic() {}, assert })),
  persistence() {
    const store = { commit: async () => {}, read: async () => [] }
    const writes = createWriteBehind({ store, clock: systemClock, onHealth() {} })
    return createPersistence({
      store,
      writes,
      maxRetainedMessages: 10_000,
      maxOfflineMessages: 10_000,
      maxSessions: 100,
      onRetainedRefused() {},
      onOfflineDropped() {},
      onSessionForgotten() {},
      userOf: () => 'kiosk-01',
      isConnected: () => false,
      mayPersist: () => true,
    })
  },
  testAsync: true,
})
