interface TopicDefinition {
  /** Below `hallwatt/{hall}/`; names in braces are filled in. */
  readonly path: string
  readonly from: 'device' | 'gateway' | 'console'
  readonly qos: 0 | 1
  readonly retained: boolean
  readonly payload: string
  readonly means: string
}

/**
 * Every topic of our own contract. `from` is who publishes it: the device, the gateway, or whoever may command (console, flow).
 * Foreign topics stand in the profiles. `gateway/docs/mqtt.md` shows this table; a test keeps both equal.
 */
export const TOPICS = {
  state: {
    path: '{device}/state',
    from: 'device',
    qos: 1,
    retained: false,
    payload: 'JSON object of quantities and parts, with `t`',
    means: 'everything the device knows, periodically',
  },
  event: {
    path: '{device}/event',
    from: 'device',
    qos: 1,
    retained: false,
    payload: 'as `state`, only what changed',
    means: 'something changed',
  },
  online: {
    path: '{device}/online',
    from: 'device',
    qos: 1,
    retained: true,
    payload: '`true` or `false`',
    means: 'the device is here; `false` is its Will Message',
  },
  reading: {
    path: '{device}/reading/{quantity}',
    from: 'gateway',
    qos: 0,
    retained: true,
    payload: '`{"v":231.5,"t":1763769600000,"q":"good"}`',
    means: 'the newest value of any device, whatever it speaks',
  },
  alarm: {
    path: 'alarm/{id}',
    from: 'gateway',
    qos: 1,
    retained: true,
    payload: 'JSON of the alarm; empty when it is over',
    means: 'an alarm and its state',
  },
  workOrder: {
    path: 'work-order/{id}',
    from: 'gateway',
    qos: 1,
    retained: true,
    payload: 'JSON of the work order; empty when it is closed',
    means: 'a work order and its state',
  },
  command: {
    path: '{device}/command/{name}',
    from: 'console',
    qos: 1,
    retained: false,
    payload: 'JSON of the command’s arguments',
    means: 'the device shall do something',
  },
  commandResult: {
    path: '{device}/command/{name}/result',
    from: 'device',
    qos: 1,
    retained: false,
    payload: 'JSON of the outcome',
    means: 'what came of it',
  },
} as const satisfies Record<string, TopicDefinition>

export type TopicName = keyof typeof TOPICS

/** Names in braces of a path: `{device}/reading/{quantity}` → `device | quantity`. */
type Parameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Parameters<Rest>
  : never

/** The full pattern as documented: `hallwatt/{hall}/{device}/state`. */
export const topicPattern = (name: TopicName) => `hallwatt/{hall}/${TOPICS[name].path}`

/** Whatever a client publishes here ends at the gateway, which decides and tells the device itself. */
export const isCommandTopic = (topic: string): boolean => COMMAND_TOPIC.test(topic)
const COMMAND_TOPIC = /^hallwatt\/[^/]+\/[^/]+\/command\/[^/]+$/

/** The topic with its names filled in. Ids and quantities have no character that means something in a topic. */
export function topicOf<Name extends TopicName>(
  name: Name,
  values: Readonly<Record<'hall' | Parameters<(typeof TOPICS)[Name]['path']>, string>>,
): string {
  const filled: Readonly<Record<string, string>> = values
  return topicPattern(name).replace(/\{(\w+)\}/g, (_, key: string) => filled[key] ?? '')
}
