import Link from "@mui/material/Link";

/** An e-mail address to press: left to right everywhere. */
export function MailLink({ address }: { address: string }) {
  return (
    <Link href={`mailto:${address}`} dir="ltr" sx={{ unicodeBidi: "isolate", overflowWrap: "anywhere" }}>
      {address}
    </Link>
  );
}
