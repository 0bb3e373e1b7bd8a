import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { allows, PERMISSIONS, ROLES } from '../domain/role.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { CommandInput, CommandRefusal, CommandRequest } from './command.ts'

/** What a decision may look at. */
export interface CommandSituation {
  readonly device: ResolvedDevice
  readonly command: ProfileCommand
  /** The newest that is known of the device; undefined when nothing was ever heard. */
  readonly state: DeviceState | undefined
  /** Unix ms. */
  readonly now: number
  /** What holds the device: a command under way, one that is being taken back, or too many of them in the whole hall. */
  readonly busy: 'command' | 'revert' | 'hall' | undefined
  /** How often it was given in the last 24 hours. */
  readonly givenLastDay: number
  /** Since it was given last; undefined when it was not since the gateway started. */
  readonly sinceLastMs: number | undefined
}

/** Something of the hall that may forbid a command: an open E-stop, a full circuit. Never asked before switching off. */
export type Interlock = (request: CommandRequest, situation: CommandSituation) => CommandRefusal | undefined

/** What takes a command back. */
export interface RevertTarget {
  readonly command: string
  readonly value: Value | undefined
}

export type Decision =
  | { readonly ok: true; readonly value: Value | undefined; readonly revert?: RevertTarget }
  | { readonly ok: false; readonly refusal: CommandRefusal }

export const MAX_REVERT_S = 86_400

/** May this command be given now? Pure; the order of the questions is the order in which a person wants to hear the answers. */
export function decide(
  request: CommandRequest,
  situation: CommandSituation,
  interlocks: readonly Interlock[],
): Decision {
  const value = wantedValue(request, situation.command)
  if (!value.ok) return value
  const target = request.revertAfterS === undefined ? undefined : revertOf(request, situation)
  if (target && !target.ok) return target
  const refusal =
    roleRefusal(request, situation) ??
    standingRefusal(situation) ??
    // Who may switch on is asked of interlocks; switching off never is.
    (situation.command.allOff ? undefined : firstRefusal(request, situation, interlocks))
  if (refusal) return { ok: false, refusal }
  return { ok: true, value: value.value, ...(target && { revert: target.revert }) }
}

function roleRefusal({ by, roles }: CommandRequest, { command }: CommandSituation): CommandRefusal | undefined {
  if (allows(roles, command.permission)) return undefined
  const needed = PERMISSIONS[command.permission].map((role) => `${ROLES[role].zh} ${role}`).join(', ')
  return refusal('HW_COMMAND_FORBIDDEN', `${by} 无权下发此命令 · may not give this command. ${needed}`)
}

/** What stands in the way whoever asks and whatever the value; also shown before anybody asks. */
export function standingRefusal(situation: CommandSituation): CommandRefusal | undefined {
  const { device, command, state, busy, givenLastDay, sinceLastMs } = situation
  // Switching off is tried however the device seems to be.
  if (command.allOff) return undefined
  if (state?.presence !== 'online')
    return refusal('HW_COMMAND_OFFLINE', `${device.name} 不在线 · ${device.id} does not answer.`)
  if (busy === 'hall') return refusal('HW_COMMAND_BUSY', '同时执行的命令太多 · Too many commands are under way.')
  if (busy === 'command')
    return refusal(
      'HW_COMMAND_BUSY',
      `${device.name} 正在执行另一条命令 · Another command of ${device.id} is under way.`,
    )
  if (busy === 'revert')
    return refusal('HW_COMMAND_BUSY', `${device.name} 正在恢复原状 · ${device.id} is being taken back.`)
  const { maxPerDay, everyS } = command
  if (maxPerDay !== undefined && givenLastDay >= maxPerDay)
    return refusal('HW_COMMAND_LIMIT', `24 小时内最多 ${maxPerDay} 次 · At most ${maxPerDay} times in 24 hours.`)
  if (everyS !== undefined && sinceLastMs !== undefined && sinceLastMs < everyS * 1000) {
    const leftS = Math.ceil(everyS - sinceLastMs / 1000)
    return refusal('HW_COMMAND_TOO_SOON', `请等 ${leftS} 秒 · Wait ${leftS} s.`)
  }
  return undefined
}

function firstRefusal(request: CommandRequest, situation: CommandSituation, interlocks: readonly Interlock[]) {
  for (const interlock of interlocks) {
    const refused = interlock(request, situation)
    if (refused) return refused
  }
  return undefined
}

/** What the command takes, for screens. */
export function inputOf({ value, values, min, max, step }: ProfileCommand): CommandInput {
  if (value !== undefined) return { kind: 'nothing' }
  if (values) return { kind: 'one-of', values }
  if (min !== undefined && max !== undefined) return { kind: 'number', min, max, ...(step !== undefined && { step }) }
  return { kind: 'nothing' }
}

function wantedValue({ value }: CommandRequest, command: ProfileCommand): Decision {
  const input = inputOf(command)
  if (input.kind === 'nothing') {
    if (value === undefined || value === command.value) return { ok: true, value: command.value }
    return no('HW_COMMAND_VALUE', '此命令不带值 · This command takes no value.')
  }
  if (value === undefined) return no('HW_COMMAND_VALUE', `缺少值 · A value is missing: ${spoken(command)}.`)
  if (accepts(command, value)) return { ok: true, value }
  return no('HW_COMMAND_VALUE', `${JSON.stringify(value)} 超出允许范围 · is not allowed: ${spoken(command)}.`)
}

/** Whether a command may set this value. */
export function accepts(command: ProfileCommand, value: Value): boolean {
  const input = inputOf(command)
  if (input.kind === 'nothing') return value === command.value
  if (input.kind === 'one-of') return input.values.includes(value)
  if (typeof value !== 'number' || !(value >= input.min && value <= input.max)) return false
  if (input.step === undefined) return true
  const steps = (value - input.min) / input.step
  return Math.abs(steps - Math.round(steps)) < 1e-6
}

function spoken(command: ProfileCommand): string {
  const input = inputOf(command)
  const unit = command.quantity === undefined ? '' : ` ${quantityOf(command.quantity)?.unit ?? ''}`.trimEnd()
  if (input.kind === 'one-of') return input.values.join(', ')
  if (input.kind === 'nothing') return ''
  const step = input.step === undefined ? '' : `, ${input.step}${unit}`
  return `${input.min}–${input.max}${unit}${step}`
}

function revertOf(
  { command: name, revertAfterS = 0 }: CommandRequest,
  { device, command, state }: CommandSituation,
): { readonly ok: true; readonly revert: RevertTarget } | Extract<Decision, { ok: false }> {
  if (!(revertAfterS >= 1 && revertAfterS <= MAX_REVERT_S))
    return no('HW_COMMAND_VALUE', `revertAfterS: 1–${MAX_REVERT_S} s.`)
  const { revert, quantity = '' } = command
  if (revert === undefined)
    return no('HW_COMMAND_NO_REVERT', '此命令不能自动恢复 · This command cannot be taken back by itself.')
  if (revert !== 'before')
    return { ok: true, revert: { command: revert, value: device.profile.commands[revert]?.value } }
  const before = state?.readings.get(quantity)
  if (before?.quality !== 'good' || before.value === undefined)
    return no('HW_COMMAND_NO_REVERT', `${quantity} 尚无读数 · ${quantity} has not been read yet.`)
  const { value } = before
  // 0 A before set-current is what pause-charging sets.
  const back = [name, ...Object.keys(device.profile.commands)].find((other) => {
    const candidate = device.profile.commands[other]
    return candidate?.quantity === quantity && accepts(candidate, value)
  })
  if (back === undefined)
    return no('HW_COMMAND_NO_REVERT', `没有命令能恢复到 ${value} · No command sets ${quantity} back to ${value}.`)
  return { ok: true, revert: { command: back, value } }
}

const refusal = (code: CommandRefusal['code'], message: string): CommandRefusal => ({ code, message })
const no = (code: CommandRefusal['code'], message: string) => ({ ok: false, refusal: { code, message } }) as const
