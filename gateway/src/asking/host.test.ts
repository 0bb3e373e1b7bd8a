import { statfsSync } from 'node:fs'
import { freemem, totalmem, uptime } from 'node:os'
import { expect, test } from 'vitest'
import { SNMPD, startSnmpd } from '../../test/servers/snmpd.ts'
import { askedHall, devicesOf } from './testing/asked-hall.ts'

test('this machine behind Debian’s snmpd says how long it runs, and what is left of its memory and its disk', async () => {
  const agent = await startSnmpd({})
  try {
    const pc = { id: 'pc-1', profile: 'snmp/host', host: '127.0.0.1', port: agent.port, secret: 'community' }
    await using hall = askedHall(devicesOf([pc]), { secret: () => SNMPD.community })
    const { values, bad } = await hall.nextReading('pc-1')
    expect(bad).toBeUndefined()
    const { blocks, bfree } = statfsSync('/')
    expect(Math.abs(Number(values.uptime) - uptime())).toBeLessThan(60)
    expect(Math.abs(Number(values.diskFree) - (100 * bfree) / blocks)).toBeLessThan(5)
    // Other programs come and go while it is asked.
    expect(Math.abs(Number(values.memoryFree) - (100 * freemem()) / totalmem())).toBeLessThan(25)
    // The agent counts a minute before it tells the load of the processors.
    expect(Object.keys(values)).toEqual(expect.arrayContaining(['uptime', 'memoryFree', 'diskFree']))
  } finally {
    await agent.close()
  }
})
