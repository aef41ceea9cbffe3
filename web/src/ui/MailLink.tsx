/** An e-mail address to press: left to right everywhere. */
export function MailLink({ address }: { address: string }) {
  return (
    <a className="link run" href={`mailto:${address}`} dir="ltr">
      {address}
    </a>
  );
}
