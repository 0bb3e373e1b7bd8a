import { HALL_TIME, influxQl, scope, scopeWithGateway } from '../influxql.ts'
import { field } from '../units.ts'

/** Alarms that appeared or changed in the time range, each counted once; `by` is a tag. */
export const alarmsBy = (by: string) =>
  influxQl(
    `SELECT count(distinct(${field('alarmId')})) AS "n" FROM "alarm" WHERE ${scopeWithGateway} GROUP BY "${by}"`,
    { table: true },
  )

export const alarmsCounted = () =>
  influxQl(`SELECT count(distinct(${field('alarmId')})) AS "n" FROM "alarm" WHERE ${scopeWithGateway}`)

/** What is wrong now: the newest word about each fault of each device, where it is not over. */
export const alarmsNow = () =>
  influxQl(
    `SELECT "alarm", "priority", "state", "present" FROM (
       SELECT last(${field('alarmState')}) AS "state", last(${field('alarmPriority')}) AS "priority",
              last(${field('alarmId')}) AS "alarm", last(${field('alarmActive')}) AS "present"
       FROM "alarm" WHERE ${scopeWithGateway} GROUP BY "device", "code")
     WHERE "state" != 'normal' GROUP BY "device", "code"`,
    { table: true },
  )

/** Share of service hours in which devices served. */
export const availability = (groupBy = '') =>
  influxQl(
    `SELECT mean(${field('dutyAvailability')}) AS "%" FROM "device_status" WHERE ${scope}${groupBy && ` GROUP BY ${groupBy}`}`,
    groupBy ? { alias: '$tag_device' } : {},
  )

/** How far counters rose: sums of increases only, so that a device that restarts at zero takes nothing away. */
export const rises = (quantity: string, from: string, per: string, where = scope) =>
  `SELECT non_negative_difference(last(${field(quantity)})) AS "rise" FROM ${from} WHERE ${where} GROUP BY time(${per}), "device", "zone" ${HALL_TIME}`

export const risen = (quantity: string, from: string) =>
  influxQl(`SELECT sum("rise") AS "n" FROM (${rises(quantity, from, '1h')})`)
