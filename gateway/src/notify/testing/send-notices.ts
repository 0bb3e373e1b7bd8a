/**
 * Commits numbered notices and sends them to local receivers until all are delivered; made to be killed at any moment and
 * started again: send-notices.ts <directory> <receiver url> <notices> <channels>
 */
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../../store/sqlite-store.ts'
import { createOutbox } from '../outbox.ts'
import { noticeWrites, notifyTables } from '../outbox-tables.ts'
import { createWebhook } from '../webhook.ts'
import { person, sampleHall, sampleNotice } from './notice-samples.ts'

const [directory = '', url = '', notices = '0', channels = '1'] = process.argv.slice(2)
const BATCH = 250
const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const

const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: notifyTables })
const ids = Array.from({ length: Number(channels) }, (_, index) => `hook-${index}`)
const outbox = await createOutbox({
  store,
  hall: sampleHall([person('zhang')]),
  channels: new Map(ids.map((id) => [id, createWebhook({ url: `${url}/${id}`, wallMs: systemClock.wallMs })])),
  taps: { tap: () => 'https://hall.example/t/x', overview: () => 'https://hall.example/' },
  clock: systemClock,
  log: silentLog,
  // A tenth of the back-off: what is to be seen is whether anything is lost, not how long one waits.
  random: () => Math.random() / 10,
})
const rows = async (where: string) =>
  (await store.read<{ n: number }>(`SELECT COUNT(*) AS n FROM notice WHERE ${where}`))[0]?.n ?? 0

for (let next = await rows('TRUE'); next < Number(notices); next += BATCH) {
  const numbers = Array.from({ length: Math.min(BATCH, Number(notices) - next) }, (_, index) => next + index)
  const batch = numbers.map((number) =>
    sampleNotice(number, {
      priority: PRIORITIES[number % 4]!,
      channels: [ids[number % ids.length]!],
      createdAt: Date.now(),
    }),
  )
  await store.commit(noticeWrites(batch))
  outbox.kick()
}
while ((await rows("state IN ('queued', 'sending')")) > 0) await systemClock.sleep(50)
await outbox.close()
await store.close()
