import { type Make, type MakeContext, type Message, round } from './make.ts'
import { cashLevel, paperLevel, terminalOf } from './terminal-levels.ts'

/** Lanxin SST-7, an invented make: one text topic per part, one letter per condition, sent when it changes and after connecting. */
export function lanxinSst7(context: MakeContext): Make {
  const t = terminalOf(context.device)
  const base = `sst7/${context.topic.number ?? context.device.id}`
  const roll = { ok: 'N', low: 'L', out: 'E' } as const

  const printer = (name: 'receipt' | 'invoice') => {
    const p = t.parts
    if (p[`printer.${name}`] === 'offline') return 'F'
    if (p[`paperPath.${name}`] === 'jam') return 'J'
    if (name === 'invoice') return 'N'
    if (p['cutter.receipt'] === 'stuck') return 'K'
    if (p['printerCover.receipt'] === 'open') return 'C'
    return p['printHead.receipt'] === 'hot' ? 'H' : 'N'
  }

  /** Topic below the base → text. */
  function values(): Record<string, string> {
    const p = t.parts
    const letter = (part: keyof typeof p, letters: Record<string, string>) => letters[p[part]] ?? 'N'
    return {
      'p1/paper': roll[paperLevel(t.receiptPaperPercent)],
      'p1/state': printer('receipt'),
      'p1/roll': t.receiptPaperPercent.toFixed(0),
      'p2/paper': roll[paperLevel(t.invoicePaperPercent)],
      'p2/state': printer('invoice'),
      'p2/roll': t.invoicePaperPercent.toFixed(0),
      'p2/mark': letter('blackMark.invoice', { lost: 'X' }),
      'p2/ribbon': letter('ribbon.invoice', { low: 'L', out: 'E' }),
      'cash/state':
        p.cashTransport === 'jam' ? 'J' : p.cashAcceptor === 'dead' ? 'D' : p.cashShutter === 'jam' ? 'S' : 'N',
      'cash/box': p.cashBoxSeat === 'missing' ? 'M' : { ok: 'N', high: 'H', full: 'F' }[cashLevel(t)],
      'cash/seal': letter('cashBoxSeal', { manipulated: 'X' }),
      'cash/fill': t.cashBoxPercent.toFixed(0),
      'coin/state': p.coinPath === 'jam' ? 'J' : p.coinHopper === 'empty' ? 'E' : 'N',
      'card/state':
        p.cardReader === 'dead' ? 'D' : p.cardSlot === 'retained' ? 'R' : p.cardGuard === 'suspect' ? 'S' : 'N',
      'pin/state': p.pinPadGuard === 'tampered' ? 'T' : p.pinKeys === 'missing' ? 'K' : 'N',
      'id/state': letter('idReader', { dead: 'D' }),
      'scan/state': letter('scanner', { dead: 'D' }),
      'meter-card/state': letter('meterCardWriter', { dead: 'D' }),
      'touch/state': letter('touch', { dead: 'D', ghost: 'G' }),
      'screen/state': letter('display', { dark: 'B' }),
      'voice/state': letter('audio', { mute: 'M' }),
      'camera/state': letter('camera', { dead: 'D' }),
      'app/state': { ok: 'R', frozen: 'Z', crash_loop: 'X' }[p.app] ?? 'P',
      'backend/state': letter('backend', { down: 'D' }),
      'net/state': letter('network', { degraded: 'W', down: 'D' }),
      'door/state': p.door === 'open' ? 'O' : 'C',
      'door-guard/state': letter('doorGuard', { forced: 'F' }),
      'water/state': letter('cabinetWater', { wet: 'W' }),
      'fan/state': letter('cabinetFan', { failed: 'D' }),
      'count/deals': String(t.transactions),
      'count/failed': String(t.failedTransactions),
      'count/receipts': String(t.receipts),
      'count/notes': String(t.notes),
      version: '3.2.1',
    }
  }

  let known: Record<string, string> = {}
  const message = (topic: string, payload: string): Message => ({ topic: `${base}/${topic}`, payload, qos: 1 })
  return {
    periodMs: 5000,
    will: { topic: `${base}/alive`, payload: 'X', qos: 1, retain: true },
    hello: () => {
      known = values()
      return [
        { topic: `${base}/alive`, payload: 'A', qos: 1, retain: true },
        ...Object.entries(known).map(([topic, text]) => message(topic, text)),
      ]
    },
    report: () => [message('temp', String(round(t.cabinetC, 1)))],
    changes: () => {
      const now = values()
      const changed = Object.entries(now).filter(([topic, text]) => known[topic] !== text)
      known = now
      return changed.map(([topic, text]) => message(topic, text))
    },
  }
}
