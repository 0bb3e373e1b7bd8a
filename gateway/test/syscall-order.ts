import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One system call as strace saw it end. `order` counts the lines of the trace. */
export interface SystemCall {
  readonly order: number
  readonly thread: number
  readonly name: string
  /** First argument as printed with its path or address: `23</tmp/store.sqlite-wal>`, `31<TCP:[127.0.0.1:1883->…]>`. */
  readonly target: string
  /** Everything between the brackets, buffers in full as `\x40\x02…`. */
  readonly args: string
  readonly result: number
  /** Line on which the call began; below `order` when other threads spoke meanwhile. */
  readonly began: number
}

const TRACED = 'write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,fdatasync,fsync'

/** Starts a program under strace, with all its threads. End it by its own means (or kill `child`), then read the trace. */
export function spawnTraced(traceFile: string, command: string, args: readonly string[]): ChildProcess {
  const strace = [
    '-f',
    '-qq',
    '-yy',
    '-xx',
    '-s',
    '4096',
    '-e',
    `trace=${TRACED}`,
    '-e',
    'signal=none',
    '-o',
    traceFile,
  ]
  return spawn('strace', [...strace, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

const WHOLE = /^(\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+)/
const UNFINISHED = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+=\s+(-?\d+)/

/** Calls in the order in which they returned. */
export function readTrace(traceFile: string): SystemCall[] {
  const open = new Map<string, { args: string; began: number }>()
  const calls: SystemCall[] = []
  for (const [order, line] of readFileSync(traceFile, 'utf8').split('\n').entries()) {
    const begun = UNFINISHED.exec(line)
    if (begun) {
      open.set(`${begun[1]} ${begun[2]}`, { args: begun[3] ?? '', began: order })
      continue
    }
    const found = WHOLE.exec(line) ?? RESUMED.exec(line)
    if (!found) continue
    const [, thread = '', name = '', rest = '', result = ''] = found
    const start = open.get(`${thread} ${name}`)
    const resumed = line.includes('<... ')
    if (resumed) open.delete(`${thread} ${name}`)
    const args = resumed ? (start?.args ?? '') + rest : rest
    const began = resumed ? (start?.began ?? order) : order
    calls.push({
      order,
      began,
      thread: Number(thread),
      name,
      target: decoded(firstArgument(args)),
      args,
      result: Number(result),
    })
  }
  return calls
}

/** Bytes as strace prints them with `-xx`; for searching in `args`. */
const traced = (bytes: Uint8Array | string): string =>
  [...Buffer.from(bytes)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

export interface DurableBeforeAcknowledged {
  /** A piece of what was to be stored, unique to this message. */
  readonly stored: Uint8Array | string
  /** The bytes that acknowledge it, unique to this message: for MQTT `[0x40, 0x02, packetId >> 8, packetId & 0xff]`. */
  readonly acknowledgement: Uint8Array | string
  /** How the file that makes it durable ends; the store's log by default. */
  readonly file?: string
}

/**
 * Checks in a trace that the message was written to the log, that a later fdatasync or fsync of the log returned 0, and that
 * only after that return the acknowledgement began to leave through a socket.
 * @returns the three calls, or a sentence that says what is out of order
 */
export function checkDurableBeforeAcknowledged(calls: readonly SystemCall[], expected: DurableBeforeAcknowledged) {
  const file = expected.file ?? 'store.sqlite-wal'
  const onFile = (call: SystemCall) => call.target.endsWith(`${file}>`)
  const stored = traced(expected.stored)
  const acknowledgement = traced(expected.acknowledgement)
  const acknowledged = calls.find(
    (call) => isSocket(call) && bytesOf(call).includes(acknowledgement) && call.result > 0,
  )
  if (!acknowledged) return 'no acknowledgement was sent'
  const written = calls.find((call) => onFile(call) && call.args.includes(stored) && call.result > 0)
  if (!written) return `the message was never written to ${file}`
  const synced = calls.find((call) => isSync(call) && onFile(call) && call.began > written.order && call.result === 0)
  if (!synced) return `${file} was not synced after the message was written`
  if (acknowledged.began < synced.order)
    return `acknowledged on line ${acknowledged.began}, synced only on line ${synced.order}`
  return { written, synced, acknowledged }
}

/** The buffers of a call as one run: what is one packet to the peer may leave in several pieces (`writev`). */
const bytesOf = ({ args }: SystemCall): string =>
  (args.slice(args.indexOf('>') + 1).match(/\\x[0-9a-f]{2}/g) ?? []).join('')

const isSync = (call: SystemCall) => call.name === 'fdatasync' || call.name === 'fsync'

const isSocket = (call: SystemCall) => /<(TCP|TCPv6|UNIX|UNIX-STREAM|socket)/.test(call.target)

// The descriptor with its path, up to the comma that ends the argument. strace prints paths as hex too with -xx.
const firstArgument = (args: string): string => /^\d+<(?:[^>]|->)*>+/.exec(args)?.[0] ?? args.split(',')[0] ?? ''

const decoded = (text: string): string =>
  text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
