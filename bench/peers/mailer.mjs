// nodemailer with a pool of ten connections and compiled Handlebars: mailer.mjs PORT COUNT TEMPLATES. Prints messages a second.
import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import nodemailer from 'nodemailer'

const [port, count, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]
const html = Handlebars.compile(readFileSync(`${folder}/mail.html`, 'utf8'))
const text = Handlebars.compile(readFileSync(`${folder}/mail.txt`, 'utf8'))
const subject = Handlebars.compile('Reset your password, {{context.firstName}}', { noEscape: true })
const pool = nodemailer.createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 10, maxMessages: Infinity, ignoreTLS: true })

let next = 0
async function lane() {
  while (next < count) {
    const id = next++
    const context = { firstName: 'Jane', askedAt: '2026-11-23T10:00:00Z', resetUrl: `https://shop.example.com/reset/${id}` }
    await pool.sendMail({
      from: 'Bench <bench@example.com>', to: `jane.${id}@example.com`,
      subject: subject({ context }), html: html({ context }), text: text({ context }),
    })
  }
}
const began = process.hrtime.bigint()
await Promise.all(Array.from({ length: 40 }, lane))
console.log(count / (Number(process.hrtime.bigint() - began) / 1e9))
pool.close()
