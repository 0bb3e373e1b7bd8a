import type { FaultParameter, FaultParameters } from './faults.ts'

type FaultCommand =
  | { readonly do: 'apply'; readonly fault: string; readonly device: string; readonly parameters: FaultParameters }
  | { readonly do: 'clear'; readonly device: string; readonly fault?: string }
  | { readonly do: 'clear-all' }

export type FaultCommandResult =
  | { readonly ok: true; readonly command: FaultCommand }
  | { readonly ok: false; readonly message: string }

export interface KnownNames {
  readonly faults: readonly string[]
  readonly devices: readonly string[]
}

/** Which parameter a bare number after the fault's name means. */
const BARE_NUMBER: Record<string, FaultParameter> = {
  exception: 'code',
  slow: 'delayMs',
  clock_jump: 'seconds',
  flood: 'perSecond',
}
const NAMED: Record<string, FaultParameter> = {
  address: 'address',
  code: 'code',
  delay: 'delayMs',
  seconds: 'seconds',
  rate: 'perSecond',
}
const FORMS = ['receipt', 'invoice', 'ticket', 'corrupt', 'short']
const FILLERS = new Set(['on', 'at', 'of', 'from', 'the', 'ms', 's', 'device'])

/**
 * Reads one line a person types: `paper_jam on kiosk-02`, `exception 2 on meter-main address 72`, `silent meter-hvac`,
 * `clear kiosk-02`, `clear paper_jam on kiosk-02`, `clear all`. Hyphens and underscores in fault names are the same.
 */
export function parseFaultCommand(line: string, known: KnownNames): FaultCommandResult {
  const words = line
    .trim()
    .toLowerCase()
    .split(/[\s,=]+/)
    .filter((word) => word !== '' && !FILLERS.has(word))
  const clearing = words[0] === 'clear'
  if (clearing) words.shift()
  if (words.length === 0) return refuse(clearing ? 'Say what to clear: a device, or "clear all".' : usage)
  if (clearing && words.length === 1 && words[0] === 'all') return { ok: true, command: { do: 'clear-all' } }

  let fault: string | undefined
  let device: string | undefined
  const parameters: { -readonly [Key in FaultParameter]?: FaultParameters[Key] } = {}
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const named = Object.hasOwn(NAMED, word) ? NAMED[word] : undefined
    if (named && named !== 'form') {
      const value = wholeNumber(words[index + 1])
      if (value === undefined) return refuse(`"${word}" needs a number, for example "${word} 72".`)
      parameters[named] = value
      index++
      continue
    }
    const number = wholeNumber(word)
    const faultName = word.replaceAll('-', '_')
    if (number !== undefined) {
      const bare = fault === undefined ? undefined : BARE_NUMBER[fault]
      if (!bare || bare === 'form')
        return refuse(`"${word}": what is this number? Write for example "address ${word}".`)
      parameters[bare] = number
    } else if (known.devices.includes(word)) device = word
    else if (known.faults.includes(faultName)) fault = faultName
    else if (FORMS.includes(word)) parameters.form = word
    else return refuse(unknownWord(word, known))
  }
  if (device === undefined)
    return refuse(`On which device? For example: ${line.trim()} on ${known.devices[0] ?? 'kiosk-01'}`)
  if (clearing) return { ok: true, command: { do: 'clear', device, ...(fault !== undefined && { fault }) } }
  if (fault === undefined) return refuse(`What should happen to ${device}? For example: silent on ${device}`)
  return { ok: true, command: { do: 'apply', fault, device, parameters } }
}

const usage = 'Say a fault and a device, for example: paper_jam on kiosk-02'

const refuse = (message: string): FaultCommandResult => ({ ok: false, message })

function wholeNumber(word: string | undefined): number | undefined {
  if (word === undefined || !/^(0x[0-9a-f]+|-?\d+)(ms|s)?$/.test(word)) return undefined
  return Number(word.replace(/m?s$/, ''))
}

function unknownWord(word: string, known: KnownNames): string {
  const near = nearest(word.replaceAll('-', '_'), known.faults) ?? nearest(word, known.devices)
  return near === undefined
    ? `"${word}" is neither a fault nor a device of this hall.`
    : `"${word}" is neither a fault nor a device of this hall. Did you mean "${near}"?`
}

/** The closest name within a third of its length, or none. */
function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(word, name)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
