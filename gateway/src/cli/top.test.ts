import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { httpHall } from '../http/http-fixture.ts'
import { openScreen } from './top-screen.ts'
import { eventsOf } from './top-stream.ts'

const cli = fileURLToPath(new URL('./top-under-test.ts', import.meta.url))
const TOKEN = 'correct-horse-battery-staple'

test('`top --once` prints one table of a running hall and ends', async () => {
  const hall = await httpHall()
  const { stdout } = await promisify(execFile)(process.execPath, [cli, '--once', '--url', hall.url])
  expect(stdout).toContain('东湖厅')
  expect(stdout).toMatch(/● 在线 +总表 meter-1 .*有功功率 1\.23 kW/)
  expect(stdout).not.toContain('\u001b')
})

test('a hall with a token is shown to who has it', async () => {
  const hall = await httpHall({ token: TOKEN })
  const env = { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN }
  const { stdout } = await promisify(execFile)(process.execPath, [cli, '--once', '--url', hall.url], { env })
  expect(stdout).toContain('meter-1')
})

test('no gateway is one sentence with a code, not a stack', async () => {
  const run = promisify(execFile)(process.execPath, [cli, '--once', '--url', 'http://127.0.0.1:1'])
  await expect(run).rejects.toMatchObject({ stderr: expect.stringMatching(/^HW_TOP_NO_ANSWER: .*网关在运行吗/) })
})

test('on a terminal the table is live, and q gives the terminal back as it was', async () => {
  const hall = await httpHall()
  const terminal = inTerminal(['--url', hall.url])
  await terminal.shows('总表 meter-1')
  hall.read('meter-1', { activePower: 4321 })
  await terminal.shows('4.32 kW')
  terminal.type('q')
  expect(await terminal.ended).toBe(0)
  expect(terminal.text().split('\r\n')[1]?.startsWith('\u001b[?1049h')).toBe(true)
  expect(terminal.text()).toContain('\u001b[?7h\u001b[?25h\u001b[?1049l')
})

test('Ctrl-C gives the terminal back too', async () => {
  const hall = await httpHall()
  const terminal = inTerminal(['--url', hall.url])
  await terminal.shows('总表 meter-1')
  terminal.type('\u0003')
  await terminal.ended
  expect(terminal.text()).toContain('\u001b[?1049l')
})

test('a signal from outside gives the terminal back too', async () => {
  const hall = await httpHall()
  const terminal = inTerminal(['--url', hall.url])
  await terminal.shows('总表 meter-1')
  terminal.signal('SIGTERM')
  await terminal.ended
  expect(terminal.text()).toContain('\u001b[?1049l')
})

test('with NO_COLOR nothing is coloured', async () => {
  const hall = await httpHall()
  const terminal = inTerminal(['--url', hall.url], { NO_COLOR: '1' })
  await terminal.shows('总表 meter-1')
  terminal.type('q')
  await terminal.ended
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  expect(terminal.text()).not.toMatch(/\u001b\[[\d;]+m/)
})

test('a gateway that goes away and comes back is followed again', async () => {
  const hall = await httpHall()
  const terminal = inTerminal(['--url', hall.url])
  await terminal.shows('总表 meter-1')
  await hall.http.close()
  await terminal.shows('连接中断')
  await httpHall({ settings: { host: '127.0.0.1', port: Number(new URL(hall.url).port) } })
  await terminal.shows('实时')
  terminal.type('q')
  expect(await terminal.ended).toBe(0)
})

test('only lines that changed are drawn', () => {
  const written: string[] = []
  const screen = openScreen({ columns: 80, rows: 24, write: (text) => written.push(text) })
  screen.draw(['one', 'two', 'three'])
  written.length = 0
  screen.draw(['one', 'TWO'])
  expect(written).toEqual(['\u001b[2;1H\u001b[2KTWO\u001b[3;1H\u001b[2K'])
  screen.draw(['one', 'TWO'])
  expect(written).toHaveLength(1)
})

test('an event cut anywhere between two chunks is still one event', async () => {
  const bytes = new TextEncoder().encode(
    'retry: 3000\n\nid: 1\nevent: heartbeat\ndata: {"type":"heartbeat","name":"厅"}\n\n',
  )
  const oneByOne = async function* () {
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  const events = []
  for await (const event of eventsOf(oneByOne())) events.push(event)
  expect(events).toEqual([{ type: 'heartbeat', name: '厅' }])
})

/** `hallwatt top` in a pseudo terminal that `script` makes. */
function inTerminal(args: readonly string[], environment: Record<string, string> = {}) {
  const command = `echo pid $$; stty cols 100 rows 30; exec ${[process.execPath, cli, ...args].join(' ')}`
  const { NO_COLOR: _, ...inherited } = process.env
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm', ...environment },
  })
  let seen = ''
  let from = 0
  child.stdout.on('data', (chunk) => {
    seen += chunk
    child.emit('shown')
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  return {
    ended,
    text: () => seen,
    type: (key: string) => child.stdin.write(key),
    /** To the program inside: the shell says its process id before it becomes the program. */
    signal: (name: NodeJS.Signals) => process.kill(Number(/^pid (\d+)/.exec(seen)?.[1]), name),
    /** Waits until the terminal has shown the words after what was waited for before. */
    async shows(words: string) {
      while (seen.indexOf(words, from) < 0) await once(child, 'shown')
      from = seen.indexOf(words, from) + words.length
    },
  }
}
