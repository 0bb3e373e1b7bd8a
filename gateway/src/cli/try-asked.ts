import { parseArgs } from 'node:util'
import { askerFor } from '../asking/asking.ts'
import { type ProfileSource, parseHall } from '../config/config.ts'
import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { systemClock } from '../ports/system-clock.ts'
import { askedLines } from '../profiles/asked-lines.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import { secretOf } from '../wiring/asked.ts'
import { hostTrouble } from './host-trouble.ts'

/**
 * Asks one device once, by SNMP, from outside or by its figures, and prints what came of it. The options are the lines of
 * hall.yaml, so what works here works there.
 * @throws HallwattError HW_HALL_INVALID when what was given does not make a device
 */
export async function tryAsked(args: string[], profiles: ProfileSource): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string', default: '' },
      host: { type: 'string' },
      port: { type: 'string' },
      secret: { type: 'string' },
      'snmp-version': { type: 'string' },
      user: { type: 'string' },
      auth: { type: 'string' },
      privacy: { type: 'string' },
      parameter: { type: 'string', multiple: true, default: [] },
    },
  })
  const { profile, host, port, secret, 'snmp-version': version, user, auth, privacy } = values
  const snmp = defined({ version, user, auth, privacy })
  const parameters = Object.fromEntries(values.parameter.map((text) => text.split(/=(.*)/s, 2)))
  const device = {
    ...{ id: 'device', name: 'device', zone: 'here', profile },
    ...defined({ host, secret, port: port === undefined ? undefined : Number(port) }),
    ...(Object.keys(snmp).length > 0 && { snmp }),
    ...(values.parameter.length > 0 && { parameters }),
  }
  const hall = { hall: { id: 'try', name: 'try' }, zones: [{ id: 'here', name: 'here' }], devices: [device] }
  const resolved = parseHall('the options', JSON.stringify(hall), profiles).devices.get('device')
  if (resolved?.connection.via !== 'asked') return 1
  const asker = askerFor(resolved.profile, {
    ...{ id: 'device', profile: resolved.profile, connection: resolved.connection },
    deps: { clock: systemClock, secret: (name) => secretOf(process.env, name) },
  })
  const trouble = await hostTrouble(resolved.connection.host)
  if (trouble !== undefined) {
    process.stderr.write(`${trouble}\n`)
    return 1
  }
  const result = await asker.ask(true, new AbortController().signal)
  if (!result.ok) {
    const says =
      result.failure === 'refused' ? `${host} refuses: ${result.says}` : `${host} does not answer (${result.failure}).`
    process.stderr.write(`${says}\n`)
    return 1
  }
  process.stdout.write(`${rowsText(resolved.profile, result.values, result.bad)}\n`)
  for (const remark of result.remarks ?? []) process.stderr.write(`${remark}\n`)
  return Object.keys(result.values).length > 0 ? 0 : 1
}

const defined = (values: Record<string, string | number | undefined>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

function rowsText(
  profile: Profile,
  values: Readonly<Record<string, Value>>,
  bad: Readonly<Record<string, BadReason>>,
): string {
  const rows = askedLines(profile).map(({ quantity, place }) => [
    quantity,
    quantity in values ? String(values[quantity]) : quantity in bad ? `bad: ${bad[quantity]}` : '–',
    quantity in values ? (quantityOf(quantity)?.unit ?? '') : '',
    place,
  ])
  const all = [['quantity', 'value', 'unit', 'place'], ...rows]
  const widths = [0, 1, 2].map((i) => Math.max(...all.map((cells) => cells[i]?.length ?? 0)))
  return all
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
