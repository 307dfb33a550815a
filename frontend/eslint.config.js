import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules", "coverage"] },
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...vue.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "max-lines": ["error", 400],
      "max-len": ["error", { code: 125, ignoreUrls: true, ignorePattern: "^  \\w+: \"M" }],
      "vue/multi-word-component-names": "off",
      // Layout of templates is left to the reader's eye.
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/first-attribute-linebreak": "off",
      // The Content-Security-Policy forbids style attributes; :style is set by script and allowed.
      "vue/no-static-inline-styles": "error",
      "vue/no-v-html": "error",
      "vue/require-default-prop": "off",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  {
    files: ["scripts/**", "mock/**", "journeys/**"],
    rules: { "no-console": "off" },
  },
);
