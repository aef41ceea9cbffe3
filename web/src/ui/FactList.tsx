import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

export interface Fact {
  name: string;
  /** Empty facts are left out. */
  value: ReactNode;
}

/** What is known, name beside value; one below the other at telephone width. */
export function FactList({ title, facts }: { title: string; facts: readonly Fact[] }) {
  const known = facts.filter(
    ({ value }) => value !== undefined && value !== null && value !== "" && value !== false,
  );
  if (!known.length) return null;
  return (
    <Box component="section">
      <Typography variant="h2" sx={{ mb: 2 }}>
        {title}
      </Typography>
      <Box
        component="dl"
        sx={{
          m: 0,
          display: "grid",
          gridTemplateColumns: { xs: "1fr", sm: "minmax(96px, 160px) 1fr" },
          columnGap: 4,
          rowGap: { xs: 0, sm: 2 },
        }}
      >
        {known.map(({ name, value }) => (
          <Row key={name} name={name} value={value} />
        ))}
      </Box>
    </Box>
  );
}

function Row({ name, value }: Fact) {
  return (
    <>
      <Typography component="dt" color="textSecondary">
        {name}
      </Typography>
      <Box component="dd" sx={{ m: 0, mb: { xs: 2, sm: 0 }, minWidth: 0, overflowWrap: "anywhere" }}>
        {value}
      </Box>
    </>
  );
}
