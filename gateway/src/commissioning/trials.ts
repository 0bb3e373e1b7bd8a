import { addressed } from '../config/addressed.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { AlternativesAnswer, AlternativesRequest, TryAnswer, TryRequest } from '../http/setup-views.ts'
import { type PointTable, registersOf } from '../profiles/decode-registers.ts'
import { findModels } from '../profiles/locate-models.ts'
import { type PolledProfile, polledPart, variantsOf } from '../profiles/polled.ts'
import { alternativesOf, companionsOf, lengthOf } from './alternatives.ts'
import { type CommissioningParts, refusal } from './commissioning-parts.ts'
import type { Line } from './line.ts'
import { rangeOf } from './plausible.ts'
import { type JudgedRow, judge } from './verdict.ts'

const DEFAULT_TIMEOUT_MS = 1000
/** What a DL/T 645 meter may take for its longest answer at 1200 Bd. */
const METER_TIMEOUT_MS = 1200
/** The only meter of a line answers to it. */
const ANY_METER = 'AAAAAAAAAAAA'

/**
 * Reads a device once as a profile would, or one point of it in every way it may be meant.
 * @param isScanning a line of its own would meet the scan on the same port
 */
export function createTrials(parts: CommissioningParts, isScanning: () => boolean) {
  const { clock } = parts

  function profileOf({ profile: id, variant }: TryRequest): ActResult<PolledProfile> {
    const polled = polledPart(parts.profiles.get(id) ?? {})
    if (!polled) return refusal('HW_PROFILE_UNKNOWN', `There is no profile "${id}" for Modbus or DL/T 645.`)
    const variants = variantsOf(polled)
    if (variant !== undefined && !variants.includes(variant))
      return refusal(
        'HW_PROFILE_UNKNOWN',
        `${id} has no variant "${variant}". Variants: ${variants.join(', ') || 'none'}.`,
      )
    return { ok: true, value: polled }
  }

  async function freeLine(request: TryRequest): Promise<ActResult<Line>> {
    const line = await parts.lineOf(request.target, undefined)
    if (!line.ok || !isScanning() || line.value.shared) return line
    await line.value.close()
    return refusal('HW_SCAN_RUNNING', 'A line is being scanned: wait for its end, or cancel it.')
  }

  /** The profile with wire addresses: of a SunSpec device its models are found first. */
  async function placedOn(
    line: Line,
    profile: PolledProfile,
    unitId: number,
    timeoutMs: number,
  ): Promise<ActResult<PolledProfile>> {
    const located = await findModels(profile, async (request) => {
      const result = await line.read({ ...request, unitId }, timeoutMs)
      return result.ok ? result.words : result.failure === 'exception' ? undefined : 'silent'
    })
    if (!located) return refusal('HW_TARGET_UNREACHABLE', `Unit ${unitId} on ${line.name} does not answer.`)
    return located.ok
      ? { ok: true, value: located.profile }
      : refusal(
          'HW_PROFILE_UNKNOWN',
          `Unit ${unitId} on ${line.name} has no ${located.missing}: another profile fits it.`,
        )
  }

  async function tryProfile(request: TryRequest): Promise<ActResult<TryAnswer>> {
    const modbus = profileOf(request)
    if (!modbus.ok) return modbus
    const line = await freeLine(request)
    if (!line.ok) return line
    const { profile, variant, unitId, meter } = request
    const isMeter = modbus.value.items !== undefined
    if (isMeter && !line.value.meters) {
      await line.value.close()
      return refusal(
        'HW_PROFILE_UNKNOWN',
        `${line.value.name} is Modbus TCP, which carries no DL/T 645: choose a serial port or a serial server.`,
      )
    }
    const device = isMeter ? { meter: meter ?? ANY_METER } : { unitId }
    const timeoutMs = isMeter ? METER_TIMEOUT_MS : Math.min(DEFAULT_TIMEOUT_MS, modbus.value.timeoutMs)
    const start = clock.monotonicMs()
    try {
      const placed = await placedOn(line.value, modbus.value, unitId, timeoutMs)
      if (!placed.ok) return placed
      const rows = await parts.readRows(placed.value, variant, (read) =>
        line.value.read(addressed(device, read), timeoutMs),
      )
      const { points, summary, verdict } = judge(rows, placed.value, variant)
      const elapsedMs = Math.round(clock.monotonicMs() - start)
      const chosen = variant ?? variantsOf(modbus.value)[0] ?? null
      return {
        ok: true,
        value: {
          at: clock.wallMs(),
          profile,
          variant: chosen,
          elapsedMs,
          points: points.map(pointOf),
          summary,
          verdict,
        },
      }
    } finally {
      await line.value.close()
    }
  }

  function pointOf(point: JudgedRow): TryAnswer['points'][number] {
    const { quantity, table, address, value, words, bad, exceptionCode, type, range, plausible } = point
    return {
      ...parts.names(quantity),
      value: value ?? null,
      words: words === '' ? [] : words.split(' '),
      functionCode: parts.functionCodes[table],
      table,
      address,
      reference: point.reference ?? parts.reference(table, address),
      type,
      ...(bad !== undefined && { bad }),
      ...(exceptionCode !== undefined && { exceptionCode }),
      plausible,
      range,
    }
  }

  async function alternatives(request: AlternativesRequest): Promise<ActResult<AlternativesAnswer>> {
    const modbus = profileOf(request)
    if (!modbus.ok) return modbus
    const { quantity, variant, profile, unitId } = request
    if (modbus.value.items)
      return refusal(
        'HW_PROFILE_UNKNOWN',
        `DL/T 645 fixes the order of the bytes, so "${quantity}" has no other to try: compare its format and sign in ${profile} with the meter's document.`,
      )
    if (!registersOf(modbus.value, variant).some((one) => one.quantity === quantity))
      return refusal('HW_PROFILE_UNKNOWN', `${profile} has no register for "${quantity}".`)
    const line = await freeLine(request)
    if (!line.ok) return line
    try {
      const timeoutMs = Math.min(DEFAULT_TIMEOUT_MS, modbus.value.timeoutMs)
      const placed = await placedOn(line.value, modbus.value, unitId, timeoutMs)
      if (!placed.ok) return placed
      const register = registersOf(placed.value, variant).find((one) => one.quantity === quantity)
      if (!register) return refusal('HW_PROFILE_UNKNOWN', `Unit ${unitId} has no model that holds "${quantity}".`)
      const words = new Map<string, number>()
      const table = register.table ?? modbus.value.table
      const read = async (of: PointTable, address: number, count: number): Promise<boolean> => {
        const result = await line.value.read(addressed({ unitId }, { table: of, address, count }), timeoutMs)
        if (result.ok) for (const [i, word] of result.words.entries()) words.set(`${of} ${address + i}`, word)
        return result.ok || result.failure === 'exception'
      }
      const length = lengthOf(modbus.value, register)
      const shifts = [0, -1, 1]
        .map((shift) => register.address + shift)
        .filter((at) => at >= 0 && at + length <= 65_536)
      let answers = true
      // One by one: a device that refuses odd addresses, or has nothing beside, still answers the others.
      for (const address of shifts) answers = answers && (await read(table, address, length))
      for (const companion of companionsOf(modbus.value, register))
        answers = answers && (await read(companion.table, companion.address, 1))
      if (!answers && words.size === 0)
        return refusal('HW_TARGET_UNREACHABLE', `Unit ${unitId} on ${line.value.name} does not answer.`)
      const range = rangeOf(quantity, register)
      const options = alternativesOf(modbus.value, register, range, (of, at) => words.get(`${of} ${at}`) ?? -1)
      const { unit } = parts.names(quantity)
      const value: AlternativesAnswer = {
        at: clock.wallMs(),
        quantity,
        type: register.type,
        unit,
        range,
        options: options.map(({ words: raw, ...option }) => ({
          ...option,
          table,
          reference: parts.reference(table, option.address),
          words: raw.map((word) => word.toString(16).padStart(4, '0')),
        })),
      }
      return { ok: true, value }
    } finally {
      await line.value.close()
    }
  }

  return { tryProfile, alternatives }
}
