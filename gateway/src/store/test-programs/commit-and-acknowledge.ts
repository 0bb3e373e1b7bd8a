import { connect } from 'node:net'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../sqlite-store.ts'

// A program to be killed: commits numbered rows for ever and says `ack-<n>;` on a socket once row n is durable,
// or `refused-<n> <code>;` when it is not.
// Arguments: folder, port, first number, how many wait at once, how many in all (0: for ever).
const [directory = '', port = '', first = '1', atOnce = '8', count = '0'] = process.argv.slice(2)
const store = await openStore({
  directory,
  clock: systemClock,
  log: silentLog,
  tables: ['CREATE TABLE IF NOT EXISTS numbered (n INTEGER PRIMARY KEY, text TEXT NOT NULL)'],
})
const socket = connect(Number(port), '127.0.0.1')
socket.setNoDelay(true)
socket.write('ready\n')

let next = Number(first)
const end = Number(count) === 0 ? Number.POSITIVE_INFINITY : next + Number(count)

async function lane(): Promise<void> {
  while (next < end) {
    const n = next++
    const row = { sql: 'INSERT INTO numbered VALUES (?, ?)', rows: [[n, `row-${n}-${'x'.repeat(300)}`]] }
    await store.commit([row]).then(
      () => socket.write(`ack-${n};\n`),
      (error: { code: string }) => socket.write(`refused-${n} ${error.code};\n`),
    )
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, lane))
await new Promise<void>((resolve) => socket.end(resolve))
await store.close()
