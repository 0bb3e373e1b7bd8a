import type { ModbusEndpoint, ReadRequest, ReadResult, WriteResult } from '../../modbus/modbus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PlanCost } from '../read-plan.ts'

/** A line that takes the time a real one takes, on the clock it is given. Registers hold their own address; units in `dead` are silent. */
export function simulatedLine(clock: Clock, cost: PlanCost, dead: ReadonlySet<number>) {
  const seen: (ReadRequest & { readonly atMs: number })[] = []
  const read = async (request: ReadRequest, timeoutMs: number): Promise<ReadResult> => {
    seen.push({ ...request, atMs: clock.monotonicMs() })
    if (dead.has(request.unitId)) {
      await clock.sleep(timeoutMs)
      return { ok: false, failure: 'timeout' }
    }
    const elapsedMs = cost.perRequestMs + cost.perRegisterMs * request.count
    await clock.sleep(elapsedMs)
    return { ok: true, words: Array.from({ length: request.count }, (_, i) => request.address + i), elapsedMs }
  }
  /** Monotonic ms at which each write began. */
  const writes: number[] = []
  const write = async (): Promise<WriteResult> => {
    writes.push(clock.monotonicMs())
    await clock.sleep(cost.perRequestMs)
    return { ok: true, elapsedMs: cost.perRequestMs }
  }
  const endpoint: ModbusEndpoint = {
    read,
    writeRegisters: write,
    writeCoil: write,
    setTiming() {},
    onConnection() {},
    stats: () => ({
      connected: 1,
      connects: 1,
      connectFailures: 0,
      requests: 0,
      timeouts: 0,
      garbled: 0,
      exceptions: 0,
      connectionsLost: 0,
    }),
    close: async () => {},
  }
  return { endpoint, seen, writes }
}
