import { isDeepStrictEqual } from 'node:util'
import type { CommandCase } from './cases-schema.ts'
import { type CommandStep, commandSteps } from './command-writes.ts'
import { type OcppCallFacts, ocppAsks, ocppCall } from './ocpp-calls.ts'
import type { Profile } from './profile-schema.ts'

/** What every case is sent with. */
const ID = 'C20260101-0001'
const AT = 1_767_225_600_000
const ID_TAG = 'HALL'

/** What a command of the profile sends, against what the case says; every difference as a sentence. */
export function runCommandCase(profile: Profile, one: CommandCase): string[] {
  const command = profile.commands[one.command]
  if (!command) return [`The profile has no command "${one.command}".`]
  const steps = commandSteps(profile, command, command.value ?? one.value, {
    parameters: one.parameters,
    id: ID,
    at: AT,
    ...(one.seconds !== undefined && { seconds: one.seconds }),
  })
  const wanted = [...(one.writes ?? []), ...(one.sends ?? []), ...(one.calls ?? [])]
  const sent = steps.flatMap((step) => sentBy(step, one))
  if (isDeepStrictEqual(sent, wanted)) return []
  return [`${one.command} should send ${JSON.stringify(wanted)}, but the profile gives ${JSON.stringify(sent)}`]
}

/** As it goes over the wire, without the conditions under which it does. */
function sentBy(step: CommandStep, { connector, transaction }: CommandCase): object[] {
  if (step.via === 'ocpp') {
    const { rule, value, seconds } = step
    const facts: OcppCallFacts = {
      value,
      seconds,
      connector,
      transaction,
      idTag: ID_TAG,
      at: AT,
    }
    return [ocppCall(rule, facts), ...ocppAsks(rule, facts)]
  }
  return [withoutCondition(step)]
}

function withoutCondition(step: Exclude<CommandStep, { via: 'ocpp' }>) {
  if (step.via === 'registers') return { address: step.address, words: [...step.words] }
  if (step.via === 'coil') return { address: step.address, on: step.on }
  return { topic: step.topic, payload: step.payload }
}
