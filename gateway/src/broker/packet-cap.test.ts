import mqttPacket from 'mqtt-packet'
import { expect, test } from 'vitest'
import { type CappableParser, capPackets, PacketTooLarge } from './packet-cap.ts'

// The cap stands on a private method of mqtt-packet: an update that renames it must fail here, not in a hall.
const parserOfTheLibrary = () => mqttPacket.parser() as unknown as CappableParser & ReturnType<typeof mqttPacket.parser>

test('the parser has the method the cap replaces', () => {
  const parser = parserOfTheLibrary()
  expect(typeof parser._parseLength).toBe('function')
  expect(parser.packet).toHaveProperty('length')
})

test('a packet above the cap is refused from its length alone', () => {
  const parser = parserOfTheLibrary()
  capPackets(parser, () => 100)
  const errors: Error[] = []
  parser.on('error', (error) => errors.push(error))
  parser.parse(Buffer.from([0x30, 0x65]))
  expect(errors).toHaveLength(1)
  expect(errors[0]).toBeInstanceOf(PacketTooLarge)
})

test('a packet below the cap passes although its length arrives in two pieces', () => {
  const parser = parserOfTheLibrary()
  capPackets(parser, () => 200)
  const topics: string[] = []
  parser.on('packet', (packet) => topics.push(packet.cmd === 'publish' ? packet.topic : ''))
  const packet = mqttPacket.generate({
    cmd: 'publish',
    topic: 'a',
    payload: 'x'.repeat(150),
    qos: 0,
    dup: false,
    retain: false,
  })
  parser.parse(packet.subarray(0, 2))
  parser.parse(packet.subarray(2))
  expect(topics).toEqual(['a'])
})
