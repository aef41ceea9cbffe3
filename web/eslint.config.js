import jsxA11y from "eslint-plugin-jsx-a11y";
import react from "eslint-plugin-react";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Attributes whose value people read or hear: their texts come by key.
const readable = "^(alt|aria-label|aria-description|aria-valuetext|helperText|label|placeholder|title)$";
const transport = "Only src/api knows the transport: call what it exports.";

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  ...tseslint.configs.recommended,
  jsxA11y.flatConfigs.recommended,
  {
    plugins: { react, "react-hooks": reactHooks },
    settings: { react: { version: "19" } },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "react/jsx-no-target-blank": "error",
      "react/jsx-key": "error",
      "react/no-danger": "error",
      "react/jsx-no-literals": ["error", { noStrings: true, ignoreProps: true, noAttributeStrings: false }],
      "no-restricted-syntax": [
        "error",
        {
          selector: `JSXAttribute[name.name=/${readable}/] > Literal[value=/[A-Za-z\\u0600-\\u06ff]/]`,
          message: 'A text that people read comes by key: t("…").',
        },
        {
          selector: "Property[key.name=/^(left|right|(margin|padding|border)(Left|Right))$/]",
          message: "Logical CSS only: insetInlineStart, marginInlineEnd, paddingInline, …",
        },
      ],
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/api/**", "src/worker/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: transport },
        { name: "EventSource", message: transport },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "openapi-fetch", message: transport },
            { name: "@mui/icons-material", message: "Icons come from lucide-react." },
          ],
        },
      ],
    },
  },
  {
    files: ["scripts/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.test.{ts,tsx}"],
    rules: { "react/jsx-no-literals": "off" },
  },
);
