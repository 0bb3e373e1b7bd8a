import type { Transporter } from 'nodemailer'
import type { Channel, Failure, Message } from './channel.ts'
import { cutBytes } from './split-bytes.ts'

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly from: string
}

/** Mail. Accepted by the server does not mean read. Message-ID is ours, so that updates of one alarm thread together. */
export function createSmtp(options: SmtpOptions): Channel {
  let transport: Promise<Transporter> | undefined
  const domain = options.from.match(/@([\w.-]+)/)?.[1] ?? 'hallwatt.invalid'
  return {
    type: 'smtp',
    limits: { textBytes: 60_000, perMinute: 18, personal: true, gathers: true },
    async send(message) {
      const to = message.people[0]?.email
      if (to === undefined) return { type: 'content', code: 'NO_ADDRESS', reason: 'this person has no e-mail address' }
      try {
        transport ??= connect(options)
        await (await transport).sendMail({ from: options.from, to, ...mail(message, domain) })
        return { type: 'ok' }
      } catch (error) {
        return smtpFailure(error as SmtpError)
      }
    },
    close: () => void transport?.then((open) => open.close()),
  }
}

/** The library is loaded with the first mail: most halls send none, and it takes 4 MB. */
async function connect(options: SmtpOptions): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    host: options.host,
    port: options.port,
    secure: options.secure,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 15_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(options.user === undefined ? {} : { auth: { user: options.user, pass: options.password ?? '' } }),
  })
}

interface SmtpError {
  readonly code?: string
  readonly responseCode?: number
  readonly command?: string
}

/** RFC 5321 §4.2.1: 4yz is for now, 5yz for good. A refused recipient or size says nothing about the channel for others. */
export function smtpFailure({ code, responseCode, command }: SmtpError): Failure {
  if (code === 'EAUTH' || responseCode === 535 || responseCode === 530)
    return { type: 'channel', code: String(responseCode ?? code), reason: 'the mail server refuses the login' }
  if (responseCode === undefined)
    return { type: 'retry', code: code ?? 'SMTP', reason: 'no connection to the mail server' }
  const said = String(responseCode)
  if (responseCode >= 400 && responseCode < 500)
    return { type: 'retry', code: said, reason: 'the mail server asks to try later' }
  if (responseCode === 552) return { type: 'content', code: said, reason: 'too long, or the mailbox is full' }
  if (command?.startsWith('RCPT'))
    return { type: 'content', code: said, reason: 'the mail server refuses this recipient' }
  if (responseCode >= 500) return { type: 'channel', code: said, reason: 'the mail server refuses our mail' }
  return { type: 'unknown', code: said, reason: 'an answer outside of SMTP' }
}

function mail(message: Message, domain: string): object {
  const first = message.firstOfThread === undefined ? undefined : `<${message.firstOfThread}@${domain}>`
  return {
    messageId: `<${message.id}@${domain}>`,
    ...(first === undefined ? {} : { inReplyTo: first, references: first }),
    subject: cutBytes(message.title, 400),
    text: [
      message.title,
      '',
      ...message.lines,
      '',
      ...message.links.map(({ label, url }) => `${label}：${url}`),
      '',
      'Hallwatt',
    ].join('\n'),
    date: new Date(message.createdAt),
  }
}
