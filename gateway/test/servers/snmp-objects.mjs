// Objects for Debian's snmpd (pass_persist): a JSON file of OID → [type, value], read anew for every question, so that a test
// changes a device by writing the file. Types as snmpd.conf(5) names them; octets as hexadecimal pairs.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [file] = process.argv.slice(2)
const objects = () => JSON.parse(readFileSync(file, 'utf8'))
const partsOf = (oid) => oid.split('.').filter(Boolean).map(Number)

function follows(oid, other) {
  const [a, b] = [partsOf(oid), partsOf(other)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === undefined || b[i] === undefined) return b[i] === undefined
    if (a[i] !== b[i]) return a[i] > b[i]
  }
  return false
}

const next = (known, oid) =>
  Object.keys(known)
    .filter((one) => follows(one, oid))
    .reduce((least, one) => (least === undefined || follows(least, one) ? one : least), undefined)

let question = ''
createInterface({ input: process.stdin }).on('line', (line) => {
  if (question === '') {
    if (line === 'PING') console.log('PONG')
    else question = line
    return
  }
  const known = objects()
  const asked = partsOf(line).join('.')
  const oid = question === 'getnext' ? next(known, asked) : Object.hasOwn(known, asked) ? asked : undefined
  question = ''
  if (oid === undefined) console.log('NONE')
  else console.log([`.${oid}`, ...known[oid]].join('\n'))
})
