import type { BoardSpec } from '../board.ts'
import { hallScope, influxQl, scope } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, zone } from '../variables.ts'

const now = (quantity: string) =>
  influxQl(`SELECT last(${field(quantity)}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY "hall"`, {
    alias: '$tag_hall',
  })

const overTime = (how: string, quantity: string) =>
  influxQl(
    `SELECT ${how}(${field(quantity)}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY time($__interval), "hall" fill(none)`,
    { alias: '$tag_hall' },
  )

const perSecond = (quantity: string) =>
  influxQl(
    `SELECT non_negative_derivative(max(${field(quantity)}), 1s) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY time($__interval), "hall"`,
    { alias: '$tag_hall' },
  )

export const gatewayBoard: BoardSpec = {
  uid: 'hallwatt-gateway',
  zh: '采集与网关',
  en: 'Collection and gateway',
  question: { zh: '数据是否都采到、都送到了?', en: 'Is everything read, and does everything arrive?' },
  range: 'now-24h',
  refresh: '30s',
  variables: [hall(), zone(), kind(), devices()],
  panels: [
    {
      id: 601,
      look: 'stat',
      zh: '不在线设备',
      en: 'Devices not online',
      tells: '设备总数 − 在线设备数。Devices of the hall file that are not online.',
      at: [0, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT last(${field('devicesTotal')}) - last(${field('devicesOnline')}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY "hall"`,
          { alias: '$tag_hall' },
        ),
      ],
      unit: UNIT.count,
      thresholds: 'anyIsWarning',
    },
    {
      id: 602,
      look: 'stat',
      zh: '转发延迟',
      en: 'Forward lag',
      tells: '最早一个尚未送达的数据已等待多久。Age of the oldest frame that has not arrived yet.',
      at: [4, 0, 4, 4],
      queries: [now('forwardLag')],
      unit: unitOf('forwardLag'),
      thresholds: 'lagSeconds',
    },
    {
      id: 603,
      look: 'stat',
      zh: '死信与丢弃',
      en: 'Refused and dropped',
      tells:
        '服务器拒收的行数与未转发即丢弃的帧数之和。Lines the server refused, and frames evicted before they were forwarded.',
      at: [8, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT last(${field('deadLetters')}) + last(${field('framesDropped')}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY "hall"`,
          { alias: '$tag_hall' },
        ),
      ],
      unit: UNIT.count,
      thresholds: 'anyIsCritical',
    },
    {
      id: 604,
      look: 'stat',
      zh: '进程内存',
      en: 'Process memory',
      tells: '网关进程的常驻内存。Resident memory of the gateway.',
      at: [12, 0, 4, 4],
      queries: [now('processMemory')],
      unit: unitOf('processMemory'),
      thresholds: 'memory',
    },
    {
      id: 605,
      look: 'stat',
      zh: '磁盘剩余',
      en: 'Disk space left',
      tells: '本地存储所在磁盘的剩余空间。Space the disk still has for the store.',
      at: [16, 0, 4, 4],
      queries: [now('storeDiskFree')],
      unit: unitOf('storeDiskFree'),
      thresholds: 'diskFree',
    },
    {
      id: 606,
      look: 'stat',
      zh: '本地缓存已用',
      en: 'Spool used',
      tells:
        '本地缓存占用的字节数;写满后最早的已转发数据先删。Bytes in the spool; when it is full the oldest forwarded frames go first.',
      at: [20, 0, 4, 4],
      queries: [now('spoolUsed')],
      unit: unitOf('spoolUsed'),
    },
    {
      id: 607,
      look: 'table',
      zh: '当前不在线的设备',
      en: 'Devices that are offline now',
      tells: '最近一次状态为离线或未知的设备。Devices whose newest status is not online.',
      at: [0, 4, 8, 11],
      queries: [
        influxQl(
          `SELECT "online" FROM (SELECT last(${field('online')}) AS "online" FROM "device_status" WHERE ${scope} GROUP BY "device", "zone") WHERE "online" = false GROUP BY "device", "zone"`,
          { table: true },
        ),
      ],
      links: 'rowDevice',
    },
    {
      id: 608,
      look: 'lines',
      zh: '每秒入库帧数',
      en: 'Frames committed per second',
      tells: '每秒写入本地存储的数据帧。Frames made durable per second.',
      at: [8, 4, 8, 11],
      queries: [perSecond('framesCommitted')],
      unit: UNIT.perSecond,
    },
    {
      id: 609,
      look: 'lines',
      zh: '转发延迟变化',
      en: 'Forward lag over time',
      tells: '转发延迟的最大值。Highest forward lag.',
      at: [16, 4, 8, 11],
      queries: [overTime('max', 'forwardLag')],
      unit: unitOf('forwardLag'),
    },
    {
      id: 610,
      look: 'ranking',
      zh: '读取错误',
      en: 'Read errors',
      tells: '轮询设备的读取错误在所选时间内的增量。Increase of read errors of polled devices.',
      at: [0, 15, 8, 8],
      queries: [
        influxQl(
          `SELECT "n" FROM (SELECT spread(${field('readErrors')}) AS "n" FROM "device_status" WHERE ${scope} GROUP BY "device") WHERE "n" > 0 GROUP BY "device"`,
          { table: true },
        ),
      ],
      links: 'rowDevice',
    },
    {
      id: 611,
      look: 'lines',
      zh: '读取耗时(各设备)',
      en: 'Read latency by device',
      tells: '轮询设备应答耗时的平均值。Mean answer time of polled devices.',
      at: [8, 15, 8, 8],
      queries: [
        influxQl(
          `SELECT mean(${field('readLatency')}) AS "s" FROM "device_status" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('readLatency'),
      links: 'seriesDevice',
    },
    {
      id: 612,
      look: 'lines',
      zh: '在线设备数',
      en: 'Devices online over time',
      tells: '在线设备数的最小值。Lowest number of devices online.',
      at: [16, 15, 8, 8],
      queries: [overTime('min', 'devicesOnline')],
      unit: UNIT.count,
    },
    {
      id: 613,
      look: 'lines',
      zh: 'CPU 占用',
      en: 'CPU share',
      tells: '进程 CPU 时间 ÷ 时间;1 表示一个核满载。CPU seconds per second; 1 is one full core.',
      at: [0, 23, 8, 8],
      queries: [perSecond('processCpuTime')],
      unit: UNIT.count,
    },
    {
      id: 614,
      look: 'lines',
      zh: '事件循环延迟',
      en: 'Event-loop delay',
      tells: '99 % 的采样中事件循环的最大延迟。How late the event loop was in 99 of 100 samples.',
      at: [8, 23, 8, 8],
      queries: [overTime('max', 'eventLoopDelay')],
      unit: unitOf('eventLoopDelay'),
      thresholds: 'loopDelay',
    },
    {
      id: 615,
      look: 'lines',
      zh: '内存变化',
      en: 'Memory over time',
      tells: '进程常驻内存的最大值。Highest resident memory.',
      at: [16, 23, 8, 8],
      queries: [overTime('max', 'processMemory')],
      unit: unitOf('processMemory'),
    },
  ],
}
