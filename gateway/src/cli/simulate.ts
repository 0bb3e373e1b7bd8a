import { parseArgs } from 'node:util'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { DEMO_BASE_PORT } from './demo-hall.ts'

const DEFAULT_CONTROL = `http://127.0.0.1:${DEMO_BASE_PORT + 99}`

export const simulate: Command = {
  usage: 'simulate fault "<fault> on <device>" | do "<what> on <stand>" | list',
  summary:
    'Makes a simulated device of a running demo misbehave ("clear all" mends it), or does what a visitor does: "ride on pedal".',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { control: { type: 'string', default: DEFAULT_CONTROL } },
    })
    const [task, ...words] = positionals
    if (task === 'list') return show(await ask(`${values.control}/faults`))
    if (task === 'do' && words.length === 0) return show(await ask(`${values.control}/happenings`))
    if ((task !== 'fault' && task !== 'do') || words.length === 0) {
      throw new HallwattError(
        'HW_USAGE',
        'hallwatt simulate fault "paper_jam on kiosk-02" | hallwatt simulate do "ride on pedal" | hallwatt simulate list',
      )
    }
    return show(
      await ask(`${values.control}/${task === 'do' ? 'happenings' : 'faults'}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ command: words.join(' ') }),
      }),
    )
  },
}

async function ask(url: string, request?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request)
  } catch (cause) {
    throw new HallwattError(
      'HW_SIMULATORS_FAILED',
      `No simulated hall answers at ${url}. Is \`npm run demo\` running?`,
      { cause },
    )
  }
}

async function show(answer: Response): Promise<number> {
  const body = (await answer.json()) as { message?: string }
  const done = 'faults' in body || 'happenings' in body ? JSON.stringify(body, null, 2) : '好了 · done'
  process.stdout.write(`${body.message ?? done}\n`)
  return answer.ok ? 0 : 1
}
