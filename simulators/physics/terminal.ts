import { terminalCustomersPerHour } from './footfall.ts'
import type { LocalTime } from './local-time.ts'
import type { Random } from './random.ts'
import { healthyParts } from './terminal-parts.ts'

/** An 80 m roll; a receipt with its cut is 0.16 m. Invoices are fan-fold, 1000 to a box. The box holds 800 notes. */
const RECEIPTS_PER_ROLL = 500
const INVOICES_PER_BOX = 1000
const NOTES_PER_BOX = 800
export const PAPER_LOW_PERCENT = 12
export const CASH_HIGH_PERCENT = 85

const POWER_W = { standby: 42, idle: 68, session: 92, printing: 145 }

/**
 * One self-service terminal with its customers. A customer takes about a minute and a half; what is broken decides how it ends:
 * without receipt paper nothing is printed, with a frozen program or dead touch screen nobody is served at all.
 */
export function createTerminal(random: Random) {
  const state = {
    powerW: POWER_W.idle,
    powerFactor: 0.94,
    mode: 'idle' as 'idle' | 'session' | 'printing',
    parts: healthyParts(),
    receiptPaperPercent: 35 + 65 * random(),
    invoicePaperPercent: 40 + 60 * random(),
    cashBoxPercent: 5 + 50 * random(),
    coinPercent: 30 + 60 * random(),
    transactions: 0,
    failedTransactions: 0,
    receipts: 0,
    invoices: 0,
    notes: 0,
    notesRejected: 0,
    scans: 0,
    scansFailed: 0,
    cardsRetained: 0,
    invoiceNumbers: 2400,
    sinceTouchS: 0,
    cabinetC: 31,
    humidityPercent: 52,
    certificateS: 204 * 86_400,
    /** Set where it differs from what the make runs everywhere. */
    softwareVersion: undefined as string | undefined,
    appStarts: 1,
    cpuPercent: 6,
    memoryPercent: 41 + 8 * random(),
    diskPercent: 35 + 25 * random(),
    uptimeS: Math.round(86_400 * (1 + 20 * random())),
  }
  let left = 0
  let queueing = 0
  let cash = false

  function finish(): void {
    if (
      state.parts.backend === 'down' ||
      (state.parts.transactionHealth === 'failing' && random() < 0.5) ||
      (cash && !takesCash())
    ) {
      state.failedTransactions++
      return
    }
    state.transactions++
    if (!cash && state.parts.scanner === 'ok') {
      state.scans++
      if (random() < (state.parts.scanSuccess === 'low' ? 0.4 : 0.02)) state.scansFailed++
    }
    if (cash) {
      const notes = 1 + Math.floor(3 * random())
      state.notes += notes
      if (random() < (state.parts.cashRejects === 'high' ? 0.6 : 0.05)) state.notesRejected++
      state.cashBoxPercent = Math.min(100, state.cashBoxPercent + (100 * notes) / NOTES_PER_BOX)
    }
    if (random() < 0.72 && prints('receipt') && state.receiptPaperPercent > 0) {
      state.receipts++
      state.receiptPaperPercent = Math.max(0, state.receiptPaperPercent - 100 / RECEIPTS_PER_ROLL)
    }
    if (random() < 0.2 && prints('invoice') && state.invoicePaperPercent > 0) {
      state.invoices++
      state.invoiceNumbers = Math.max(0, state.invoiceNumbers - 1)
      state.invoicePaperPercent = Math.max(0, state.invoicePaperPercent - 100 / INVOICES_PER_BOX)
    }
  }

  const prints = (printer: 'receipt' | 'invoice') =>
    state.parts[`printer.${printer}`] === 'ok' &&
    state.parts[`paperPath.${printer}`] === 'ok' &&
    (printer === 'invoice'
      ? state.parts['ribbon.invoice'] !== 'out' && state.parts.invoiceService === 'ok'
      : state.parts['cutter.receipt'] === 'ok' && state.parts['printerCover.receipt'] === 'closed')

  const takesCash = () =>
    state.parts.cashAcceptor === 'ok' &&
    state.parts.cashTransport === 'ok' &&
    state.parts.cashShutter === 'ok' &&
    state.parts.cashBoxSeat === 'present' &&
    state.cashBoxPercent < 100
  const serves = () =>
    state.parts.app === 'ok' &&
    state.parts.touch !== 'dead' &&
    state.parts.display === 'ok' &&
    state.parts.door === 'closed'

  return {
    state,
    step(time: LocalTime, roomC: number, seconds: number): void {
      state.uptimeS += seconds
      if (random() < (terminalCustomersPerHour(time) * seconds) / 3600) queueing = Math.min(6, queueing + 1)
      left = Math.max(0, left - seconds)
      state.sinceTouchS = state.mode === 'session' ? 0 : state.sinceTouchS + seconds
      if (state.mode === 'session' && left === 0) {
        finish()
        state.mode = 'printing'
        left = 8
      } else if (state.mode === 'printing' && left === 0) state.mode = 'idle'
      if (!serves()) {
        // Whoever stands there gives up and walks to the next terminal.
        state.mode = 'idle'
        queueing = 0
      } else if (state.mode === 'idle' && queueing > 0) {
        queueing--
        cash = random() < 0.3
        left = Math.round(50 + 80 * random())
        state.mode = 'session'
      }
      // The morning round: paper is filled when low, the cash box is emptied when high.
      if (time.hour >= 8 && time.hour < 8.05) {
        if (state.receiptPaperPercent < 25) state.receiptPaperPercent = 100
        if (state.invoicePaperPercent < 25) state.invoicePaperPercent = 100
        if (state.cashBoxPercent > 60) state.cashBoxPercent = 0
      }
      const night = time.hour < 6 || time.hour >= 22
      const idleW = night ? POWER_W.standby : POWER_W.idle
      state.powerW =
        state.parts.display === 'dark'
          ? POWER_W.standby - 6
          : state.mode === 'idle'
            ? idleW
            : state.mode === 'printing'
              ? POWER_W.printing
              : POWER_W.session
      const busy = state.mode === 'idle' ? 6 : 28
      state.cpuPercent += ((state.parts.app === 'frozen' ? 97 : busy) - state.cpuPercent) * Math.min(1, seconds / 10)
      const warm = roomC + 5 + state.powerW * 0.045 + (state.parts.cabinetFan === 'failed' ? 22 : 0)
      state.cabinetC += (warm - state.cabinetC) * Math.min(1, seconds / 900)
    },
  }
}

type Terminal = ReturnType<typeof createTerminal>
export type TerminalState = Terminal['state']
