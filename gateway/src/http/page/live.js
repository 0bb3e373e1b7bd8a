// The live table of the start page. Everything from the gateway reaches the page as text, never as markup.
const PRESENCE = {
  online: { mark: '●', zh: '在线', en: 'online' },
  offline: { mark: '✕', zh: '离线', en: 'offline' },
  unknown: { mark: '?', zh: '无数据', en: 'no data' },
}
/** Online, but a part of it says that it is broken, or no value of it is good. */
const FAULT = { mark: '▲', zh: '注意', en: 'attention' }
const REASON = {
  timeout: { zh: '无应答', en: 'no answer' },
  exception: { zh: '设备拒绝', en: 'refused by the device' },
  'link-down': { zh: '链路断开', en: 'line is down' },
  'not-available': { zh: '设备无此值', en: 'the device has no such value' },
  'out-of-range': { zh: '数值超限', en: 'out of range' },
  'wrong-type': { zh: '数据格式不符', en: 'of another type' },
}
const NO_READING = { zh: '尚无读数', en: 'no reading yet' }
const ALL_STALE = { zh: '读数过时', en: 'readings are stale' }
const ALL_BAD = { zh: '读数全部无效', en: 'no valid reading' }
/** What the gateway itself says of a device: it proves nothing about the device's values. */
const OF_THE_GATEWAY = new Set(['online', 'readLatency', 'readErrors'])
const QUALITY = {
  stale: { zh: '过时', en: 'stale' },
  bad: { zh: '读取失败', en: 'no valid value' },
}
const WORST_FIRST = ['offline', 'unknown', 'fault', 'online']
const RECONNECT_MS = 3000
/** Three heartbeats: after that nobody knows whether the table still tells the truth. */
const SILENT_MS = 15_000

const devices = new Map()
/** Quantity id → its entry in the vocabulary. */
const quantities = new Map()
/** What stands after the dot of a quantity id → its name. */
const qualifiers = new Map()
const zones = new Map()
let clockAheadMs = 0
let heardAt = 0

const byId = (id) => document.getElementById(id)
const token = () => sessionStorage.getItem('hallwatt-token')
const headers = () => (token() ? { authorization: `Bearer ${token()}` } : {})

function element(tag, text, className, lang) {
  const made = document.createElement(tag)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  if (lang) made.lang = lang
  return made
}

const both = (tag, { zh, en }, className) => {
  const made = element(tag, `${zh} `, className)
  made.append(element('span', en, '', 'en'))
  return made
}

function say(zh, en) {
  byId('link').replaceChildren(`${zh} `, element('span', en, '', 'en'))
}

const quantityOf = (id) => quantities.get(id.split('.', 1)[0])
const wordOf = (id, value) => quantityOf(id)?.words?.[value]

/** `有功功率`, `纸张（凭条）`; the id itself when the vocabulary has no such quantity. */
function nameOf(id) {
  const quantity = quantityOf(id)
  if (!quantity) return id
  const qualifier = id.split('.')[1]
  return qualifier === undefined ? quantity.zh : `${quantity.zh}（${qualifiers.get(qualifier)?.zh ?? qualifier}）`
}

/** Why no value of a device that is online is good; undefined while one is. */
function whyNoGoodValue({ presence, readings }) {
  if (presence !== 'online') return undefined
  const own = Object.entries(readings).flatMap(([id, reading]) => (OF_THE_GATEWAY.has(id) ? [] : [reading]))
  if (own.some(({ quality }) => quality === 'good')) return undefined
  if (own.length === 0) return NO_READING
  if (own.some(({ quality }) => quality === 'stale')) return ALL_STALE
  const reasons = new Set(own.map(({ reason }) => reason))
  return (reasons.size === 1 && REASON[own[0].reason]) || ALL_BAD
}

/** offline, unknown, fault (online, but a part is broken or no value is good) or online. */
function stateOf(device) {
  const { presence, readings } = device
  if (presence !== 'online') return presence
  if (whyNoGoodValue(device)) return 'fault'
  return Object.entries(readings).some(([id, { value }]) => wordOf(id, value)?.fault) ? 'fault' : 'online'
}

/** W below 1,000, then kW with two decimals; the same for energy and other large numbers. */
function shown(id, value, unit) {
  if (value === null) return ['—', '']
  const word = wordOf(id, value)
  if (word) return [word.zh, '']
  if (typeof value === 'boolean') return [value ? '是 yes' : '否 no', '']
  if (typeof value !== 'number') return [value, '']
  if (['W', 'var', 'VA'].includes(unit) && Math.abs(value) >= 1000) return [(value / 1000).toFixed(2), `k${unit}`]
  return [
    value.toLocaleString('zh-CN', { minimumFractionDigits: unit === 'kWh' ? 2 : 0, maximumFractionDigits: 2 }),
    unit,
  ]
}

function age(at) {
  if (at === null) return '—'
  const seconds = Math.max(0, Math.round((Date.now() + clockAheadMs - at) / 1000))
  if (seconds < 60) return `${seconds} 秒前`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分前`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} 小时前`
  return `${Math.floor(seconds / 86_400)} 天前`
}

function readingCell(device) {
  const cell = element('td')
  for (const id of device.headline) {
    const reading = device.readings[id]
    if (!reading) continue
    const [value, unit] = shown(id, reading.value, reading.unit)
    const quality = QUALITY[reading.quality]
    const broken = wordOf(id, reading.value)?.fault ? ' fault' : ''
    const one = element('span', undefined, `reading ${reading.quality}${broken}`)
    one.title = quantityOf(id)?.en ?? id
    one.append(element('span', `${nameOf(id)} `, 'label'), value)
    if (unit) one.append(element('span', `\u2009${unit}`, 'unit'))
    if (quality) one.append(element('span', `（${quality.zh}）`, 'note'))
    cell.append(one)
  }
  if (!cell.hasChildNodes()) cell.append('—')
  return cell
}

function row(device) {
  const presence = stateOf(device) === 'fault' ? FAULT : PRESENCE[device.presence]
  const made = element('tr')
  const state = element('td', undefined, `presence ${stateOf(device)}`)
  state.append(element('span', presence.mark), ' ', both('span', presence))
  const name = element('th', device.name)
  name.scope = 'row'
  name.append(' ', element('span', device.id, 'note'))
  const reason = whyNoGoodValue(device) ?? REASON[device.reason]
  if (reason) state.append(element('br'), both('span', reason, 'note'))
  else if (device.reason) state.append(element('br'), element('span', device.reason, 'note'))
  const when = element('td', age(device.lastFrameAt), device.presence === 'online' ? '' : 'stale')
  if (device.lastFrameAt !== null) when.title = new Date(device.lastFrameAt).toLocaleString('zh-CN')
  made.append(state, name, element('td', zones.get(device.zone) ?? device.zone), readingCell(device), when)
  return made
}

function showDevices() {
  const order = [...devices.values()].sort(
    (a, b) => WORST_FIRST.indexOf(stateOf(a)) - WORST_FIRST.indexOf(stateOf(b)) || a.id.localeCompare(b.id),
  )
  byId('devices').replaceChildren(...order.map(row))
}

function showOverview(overview) {
  byId('hall').textContent = overview.hall.name
  document.title = `${overview.hall.name} · Hallwatt`
  const figures = [
    [{ zh: '在线', en: 'online' }, `${overview.devices.online} / ${overview.devices.total}`],
    [{ zh: '每秒入库', en: 'frames/s' }, overview.framesPerSecond.toFixed(1)],
    [{ zh: '已入库', en: 'committed' }, overview.committedFrames.toLocaleString('zh-CN')],
    [
      { zh: '待转发', en: 'to forward' },
      overview.backlogFrames === null ? '未接 InfluxDB' : overview.backlogFrames.toLocaleString('zh-CN'),
    ],
  ]
  byId('overview').replaceChildren(
    ...figures.map(([label, value]) => {
      const pair = element('div')
      pair.append(both('dt', label), element('dd', value))
      return pair
    }),
  )
}

function take(event) {
  heardAt = performance.now()
  clockAheadMs = event.at - Date.now()
  if (event.type === 'snapshot') devices.clear()
  for (const id of event.removed ?? []) devices.delete(id)
  for (const device of event.devices ?? []) {
    const known = devices.get(device.id)
    devices.set(device.id, { ...device, readings: { ...known?.readings, ...device.readings } })
  }
  if (event.overview) showOverview(event.overview)
  showDevices()
  say('实时', 'live')
}

async function ask(path) {
  const answer = await fetch(path, { headers: headers() })
  if (answer.status === 401) {
    byId('token-form').hidden = false
    say('需要访问令牌', 'an access token is needed')
    throw new Error('token needed')
  }
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  byId('token-form').hidden = true
  return answer
}

async function follow() {
  const vocabulary = await (await ask('/api/v1/vocabulary')).json()
  for (const quantity of vocabulary.quantities) quantities.set(quantity.id, quantity)
  for (const [id, name] of Object.entries(vocabulary.qualifiers)) qualifiers.set(id, name)
  const overview = await (await ask('/api/v1/overview')).json()
  for (const { id, name } of overview.zones) zones.set(id, name)
  // Not EventSource: it cannot send a token.
  const stream = (await ask('/api/v1/stream')).body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await stream.read()
    if (done) return
    const events = (rest + value).split('\n\n')
    rest = events.pop()
    for (const text of events) {
      const line = text.split('\n').find((one) => one.startsWith('data: '))
      if (line) take(JSON.parse(line.slice(6)))
    }
  }
}

async function stayConnected() {
  try {
    await follow()
    say('连接已断开，正在重连', 'connection lost, connecting again')
  } catch (error) {
    if (error.message === 'token needed') return
    say('连不上网关，正在重试', 'the gateway does not answer, trying again')
  }
  setTimeout(stayConnected, RECONNECT_MS)
}

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem('hallwatt-token', byId('token').value)
  byId('token').value = ''
  stayConnected()
})

setInterval(() => {
  if (devices.size === 0) return
  showDevices()
  if (performance.now() - heardAt > SILENT_MS)
    say('网关无消息，以下为旧数据', 'no word from the gateway, old values below')
}, 1000)

stayConnected()
