import { pino } from 'pino'
import type { Log } from '../ports/log.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

/** JSON lines for machines; on a terminal one readable line each: time, level, code, sentence. */
export function createLog(options: { level: LogLevel; terminal: boolean }): Log {
  return options.terminal ? terminalLog(options.level) : pino({ level: options.level, base: null })
}

function terminalLog(level: LogLevel): Log {
  const write = (of: LogLevel) => (fields: object, message: string) => {
    // The end of a trouble is as visible as the trouble was.
    const visibleAs = 'was' in fields ? 'warn' : of
    if (LEVELS.indexOf(visibleAs) < LEVELS.indexOf(level)) return
    const { code } = fields as { code?: string }
    const time = new Date().toTimeString().slice(0, 8)
    process.stderr.write(`${time} ${of.toUpperCase().padEnd(5)} ${code === undefined ? '' : `${code} `}${message}\n`)
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
