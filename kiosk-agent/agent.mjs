// Reference agent of a self-service terminal. One file, Node.js 18.15 or newer, `npm install mqtt`. Copy it, change it.
//   node agent.mjs agent.json
// The terminal's own program writes what it knows into parts.json (whole, by renaming a new file over the old one) whenever
// something changes, and at least twice a minute. This program sends it, keeps what could not be sent, and runs two commands.
// It takes no pictures of the screen, and sends nothing that is not in parts.json but what it measures of the machine itself.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import mqtt from 'mqtt'

const configFile = path.resolve(process.argv[2] ?? 'agent.json')
const at = (file) => path.resolve(path.dirname(configFile), file)
const config = {
  partsFile: 'parts.json',
  queueFolder: 'queue',
  stateEveryS: 30,
  frozenAfterS: 90,
  mostQueued: 25_000,
  ...JSON.parse(fs.readFileSync(configFile, 'utf8')),
}
for (const name of ['url', 'hall', 'device']) if (!config[name]) throw new Error(`${configFile}: "${name}" is missing`)

const base = `hallwatt/${config.hall}/${config.device}`
const SEND_AT_ONCE = 20
const SELF_TEST_WITHIN_MS = 55_000
/** An old command is for nobody any more: the gateway waits a minute for a self-test, and a restart is asked for anew. */
const OLDEST_COMMAND_MS = 60_000
/** The gateway believes no stamp that is older. */
const OLDEST_MESSAGE_MS = 7 * 86_400_000
const LOOK_EVERY_MS = 500
const say = (text) => console.log(`${new Date().toISOString()} ${text}`)

// ---- What the terminal knows ----------------------------------------------------------------------------------------

/** parts.json as the terminal's program wrote it last, and how old it is; undefined when there is none that can be read. */
function readParts() {
  try {
    const file = at(config.partsFile)
    const ageMs = Date.now() - fs.statSync(file).mtimeMs
    return { ageMs, parts: JSON.parse(fs.readFileSync(file, 'utf8')) }
  } catch {
    return undefined
  }
}

/** A program that stopped writing has stopped: what it said before is unknown now, never healthy. */
function whatIsKnown() {
  const read = readParts()
  if (!read) return { app: null }
  if (read.ageMs <= config.frozenAfterS * 1000) return read.parts
  return { ...Object.fromEntries(Object.keys(read.parts).map((name) => [name, null])), app: 'frozen' }
}

function machine() {
  const figures = { memoryFree: percent(os.freemem(), os.totalmem()), uptime: Math.round(os.uptime()) }
  try {
    const disk = fs.statfsSync(at('.'))
    figures.diskFree = percent(disk.bavail, disk.blocks)
  } catch {
    // A disk that cannot be asked is left out.
  }
  return figures
}

const percent = (part, whole) => Math.round((1000 * part) / whole) / 10

// ---- The queue: on disk before it is sent, away after it was acknowledged --------------------------------------------

const folder = at(config.queueFolder)
fs.mkdirSync(folder, { recursive: true })
const queued = fs
  .readdirSync(folder)
  .filter((name) => /^\d+\.json$/.test(name))
  .sort()
let number = Number.parseInt(queued.at(-1) ?? '0', 10)
const underWay = new Set()
let dropped = 0

function enqueue(topic, payload) {
  const name = `${String(++number).padStart(12, '0')}.json`
  const file = path.join(folder, name)
  const handle = fs.openSync(`${file}.new`, 'w')
  fs.writeSync(handle, JSON.stringify({ topic, payload }))
  fs.fsyncSync(handle)
  fs.closeSync(handle)
  fs.renameSync(`${file}.new`, file)
  queued.push(name)
  while (queued.length > config.mostQueued) {
    // The oldest go first: what is now matters more than what was a week ago.
    fs.rmSync(path.join(folder, queued.shift()), { force: true })
    if (dropped++ === 0) say('the queue is full: the oldest messages are dropped')
  }
  send()
}

function send() {
  if (!client.connected) return
  for (const name of queued) {
    if (underWay.size >= SEND_AT_ONCE) return
    if (underWay.has(name)) continue
    const message = readMessage(name)
    if (!message) {
      forget(name)
      continue
    }
    underWay.add(name)
    // Acknowledged means: the gateway has it on its disk. An answer lost on the way makes it go again, with the same stamp.
    client.publish(message.topic, JSON.stringify(message.payload), { qos: 1 }, (error) => {
      underWay.delete(name)
      if (!error) forget(name)
      send()
    })
  }
}

/** Undefined when it cannot be read, or is too old to be believed. */
function readMessage(name) {
  try {
    const message = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))
    return Date.now() - (message.payload.t ?? Date.now()) < OLDEST_MESSAGE_MS ? message : undefined
  } catch {
    return undefined
  }
}

function forget(name) {
  const index = queued.indexOf(name)
  if (index >= 0) queued.splice(index, 1)
  fs.rmSync(path.join(folder, name), { force: true })
}

// ---- The connection --------------------------------------------------------------------------------------------------

const client = mqtt.connect(config.url, {
  clientId: config.device,
  username: config.device,
  ...(config.passwordFile && { password: fs.readFileSync(at(config.passwordFile), 'utf8').trim() }),
  ...(config.caFile && { ca: fs.readFileSync(at(config.caFile)) }),
  clean: false,
  keepalive: 30,
  reconnectPeriod: 2000,
  connectTimeout: 10_000,
  will: { topic: `${base}/online`, payload: 'false', qos: 1, retain: true },
})
client.on('connect', () => {
  say(`connected; ${queued.length} messages wait`)
  client.publish(`${base}/online`, 'true', { qos: 1, retain: true })
  client.subscribe(`${base}/command/+`, { qos: 1 })
  tellState()
})
client.on('close', () => underWay.size > 0 && say('connection lost; messages are kept'))
let lastError = ''
client.on('error', (error) => {
  if (error.message !== lastError) say(`cannot connect: ${error.message}`)
  lastError = error.message
})

// ---- State and events ------------------------------------------------------------------------------------------------

let told = {}

function tellState() {
  const known = whatIsKnown()
  told = known
  enqueue(`${base}/state`, { t: Date.now(), ...machine(), ...known })
}

/** Only words and true/false: a counter that moves waits for the next state. */
function tellChanges() {
  const known = whatIsKnown()
  const names = new Set([...Object.keys(known), ...Object.keys(told)])
  const changed = [...names].filter((name) => typeof known[name] !== 'number' && known[name] !== told[name])
  if (changed.length === 0) return
  told = known
  enqueue(`${base}/event`, { t: Date.now(), ...Object.fromEntries(changed.map((name) => [name, known[name] ?? null])) })
}

const stateTimer = setInterval(tellState, config.stateEveryS * 1000)
const changeTimer = setInterval(tellChanges, LOOK_EVERY_MS)

// ---- Commands --------------------------------------------------------------------------------------------------------

/** Ids of commands that were taken: a message that comes twice is one command. */
const taken = []

client.on('message', (topic, payload) => {
  const name = topic.slice(`${base}/command/`.length)
  if (name !== 'self-test' && name !== 'restart') return
  let command
  try {
    command = JSON.parse(payload.toString())
  } catch {
    return
  }
  const { id, t } = command
  if (typeof id !== 'string' || taken.includes(id) || Date.now() - Number(t) > OLDEST_COMMAND_MS) return
  taken.push(id)
  if (taken.length > 100) taken.shift()
  if (name === 'self-test') void selfTest(id)
  else void restart(id)
})

async function selfTest(id) {
  // A terminal without a self-test does not answer; the gateway then judges by the readings alone.
  if (!config.selfTest) return
  const { ok, text } = await run(config.selfTest, SELF_TEST_WITHIN_MS)
  say(`self-test ${id}: ${ok ? 'passed' : 'failed'}`)
  enqueue(`${base}/command/self-test/result`, { id, ok, ...(text && { text: text.slice(0, 200) }) })
}

async function restart(id) {
  if (!config.restart) return
  say(`restart ${id}`)
  const { ok, text } = await run(config.restart, SELF_TEST_WITHIN_MS)
  if (!ok) say(`restart ${id} failed: ${text}`)
  // What proves a restart is a small uptime.
  tellState()
}

/** Runs a program of the terminal: exit code 0 is good, and its last line says what was wrong. */
function run([program, ...args], withinMs) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: path.dirname(configFile), timeout: withinMs, windowsHide: true })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ ok: false, text: error.message }))
    child.once('close', (code) => resolve({ ok: code === 0, text: output.trim().split('\n').at(-1) ?? '' }))
  })
}

// ---- The end ---------------------------------------------------------------------------------------------------------

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clearInterval(stateTimer)
    clearInterval(changeTimer)
    const end = () => client.end(true, () => process.exit(0))
    if (!client.connected) end()
    else client.publish(`${base}/online`, 'false', { qos: 1, retain: true }, end)
    setTimeout(() => process.exit(0), 3000).unref()
  })
}
