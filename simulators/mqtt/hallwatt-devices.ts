import { UPS_RATED_VA } from '../physics/ups.ts'
import { hallwattAgent } from './hallwatt-agent.ts'
import { type Make, type MakeContext, round } from './make.ts'
import { cashLevel, paperLevel, terminalOf } from './terminal-levels.ts'

/** A terminal of our own contract: every part and counter under the name the vocabulary has for it. */
export function hallwattKiosk(context: MakeContext): Make {
  const t = terminalOf(context.device)
  return hallwattAgent(
    context,
    5000,
    () => ({
      ...t.parts,
      'paper.receipt': paperLevel(t.receiptPaperPercent),
      'paperRemaining.receipt': round(t.receiptPaperPercent, 1),
      'printed.receipt': t.receipts,
      'paper.invoice': paperLevel(t.invoicePaperPercent),
      'paperRemaining.invoice': round(t.invoicePaperPercent, 1),
      'printed.invoice': t.invoices,
      invoiceNumbersRemaining: t.invoiceNumbers,
      cashBox: cashLevel(t),
      cashBoxFill: round(t.cashBoxPercent, 1),
      notesAccepted: t.notes,
      notesRejected: t.notesRejected,
      coinRemaining: t.parts.coinHopper === 'empty' ? 0 : round(t.coinPercent, 1),
      cardsRetained: t.cardsRetained,
      scans: t.scans,
      scansFailed: t.scansFailed,
      sinceLastTouch: t.sinceTouchS,
      appStarts: t.appStarts,
      transactions: t.transactions,
      transactionsFailed: t.failedTransactions,
      packetLoss: t.parts.network === 'ok' ? 0 : 6,
      roundTrip: t.parts.network === 'ok' ? 0.021 : 1.4,
      'temperature.cabinet': round(t.cabinetC, 1),
      'humidity.cabinet': t.humidityPercent,
      uptime: Math.round(t.uptimeS),
      processorLoad: round(t.cpuPercent, 1),
      memoryFree: round(100 - t.memoryPercent, 1),
      diskFree: round(100 - t.diskPercent, 1),
      clockOffset: round((context.device.trouble.clockOffsetMs ?? 0) / 1000, 3),
      certificateRemaining: t.certificateS,
      softwareVersion: t.softwareVersion ?? '5.4.2',
      configVersion: '2026-10-b',
      serialNumber: `HW-${context.device.id.toUpperCase()}`,
      modelName: 'HW-T1',
    }),
    () => {
      t.uptimeS = 0
      t.appStarts++
    },
  )
}

export function ticketMachine(context: MakeContext): Make {
  const { device, physics } = context
  const state = physics.counters.state
  return hallwattAgent(context, 5000, () => ({
    'printer.ticket': state.parts['printer.ticket'],
    'paper.ticket': paperLevel(state.ticketPaperPercent),
    'paperPath.ticket': state.parts['paperPath.ticket'],
    'cutter.ticket': 'ok',
    'paperRemaining.ticket': round(state.ticketPaperPercent, 1),
    'printed.ticket': state.tickets,
    ticketService: state.parts.ticketService,
    ticketsIssued: state.tickets,
    customersServed: state.served,
    waiting: state.waiting,
    meanWait: Math.round(state.meanWaitS),
    ...Object.fromEntries(
      state.counters.map((_, index) => [`caller.counter${index + 1}`, index === 0 ? state.parts.caller : 'ok']),
    ),
    app: 'ok',
    touch: 'ok',
    display: 'ok',
    uptime: Math.round(context.clockMs() / 1000) % 864_000,
    clockOffset: round((device.trouble.clockOffsetMs ?? 0) / 1000, 3),
    softwareVersion: '2.1.0',
  }))
}

export function evaluator(context: MakeContext): Make {
  const { device, physics } = context
  const counter = physics.counters.state.counters[device.counter ?? 0]
  if (!counter) throw new Error(`There is no counter for ${device.id}.`)
  return hallwattAgent(context, 10_000, () => ({
    evaluatorLink: counter.linkLost ? 'lost' : 'ok',
    evaluatorUse: counter.muted ? 'silent' : 'ok',
    ...(counter.lastScore > 0 && {
      lastScore: counter.lastScore,
      sinceLastRating: Math.round((physics.state.at - counter.pressedAt) / 1000),
    }),
    ...Object.fromEntries(counter.ratings.map((count, index) => [`ratings.score${5 - index}`, count])),
    customersServed: counter.served,
    softwareVersion: '1.0.4',
  }))
}

/** The agent beside Network UPS Tools: variables of `upsc` under their own names, numbers as text. */
export function nutAgent(context: MakeContext): Make {
  const ups = context.physics.ups.state
  const status = () =>
    [
      ups.source === 'battery' ? 'OB DISCHRG' : 'OL',
      ups.chargePercent < 20 && 'LB',
      !ups.batteryGood && 'RB',
      ups.overload && 'OVER',
    ]
      .filter((word) => word !== false)
      .join(' ')
  const agent = hallwattAgent(context, 5000, () =>
    ups.communication === 'lost'
      ? { link: 'lost', 'ups.model': 'C3KS' }
      : {
          link: 'ok',
          'ups.model': 'C3KS',
          'ups.status': status(),
          'ups.load': ((100 * ups.loadW) / (UPS_RATED_VA * 0.9)).toFixed(0),
          'battery.charge': ups.chargePercent.toFixed(0),
          'battery.runtime': ups.runtimeS.toFixed(0),
          'battery.voltage': ups.batteryV.toFixed(1),
          'battery.temperature': ups.temperatureC.toFixed(1),
          'input.voltage': ups.inputV.toFixed(1),
          'output.voltage': ups.outputV.toFixed(1),
        },
  )
  // NUT has no events; a change of status is simply told at once.
  let last = ''
  return {
    ...agent,
    // It takes no commands, so it needs no session that waits for any.
    subscribes: [],
    persistentSession: false,
    changes: () => {
      const now = `${ups.communication} ${status()}`
      if (now === last) return []
      last = now
      return agent.report()
    },
  }
}
