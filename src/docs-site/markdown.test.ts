// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { markdown } from "./markdown.ts";

const html = (text: string): string => markdown(text).innerHTML;

test.each([
  ["a **b** _c_ ~~d~~ `e<f>`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e&lt;f&gt;</code></p>"],
  ["# Top\n\n## Below", "<h3>Top</h3><h4>Below</h4>"],
  ["- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"],
  ["```sql\nselect 1 < 2\n```", "<pre><code>select 1 &lt; 2</code></pre>"],
  ["> said", "<blockquote><p>said</p></blockquote>"],
  ["a  \nb", "<p>a<br>b</p>"],
  ["x &amp; y &#8594; z &lt;b&gt;", "<p>x &amp; y → z &lt;b&gt;</p>"],
  ["the <customer_id> of a <span title=x>shop</span><!-- not this -->", "<p>the &lt;customer_id&gt; of a shop</p>"],
  ["\\*not\\*", "<p>*not*</p>"],
  ["[here](#!/model/model.a.b)", '<p><a href="#!/model/model.a.b">here</a></p>'],
  ["![plan](assets/plan.png)", '<p><img src="assets/plan.png" alt="plan" loading="lazy"></p>'],
])("%j", (text, expected) => {
  expect(html(text)).toBe(expected);
});

test("a table, and a list of tasks", () => {
  const table = markdown("| a | b |\n|---|--:|\n| 1 | **2** |");
  expect([...table.querySelectorAll("th, td")].map(({ textContent }) => textContent)).toEqual(["a", "b", "1", "2"]);
  expect(table.querySelector("td.align-right strong")?.textContent).toBe("2");
  expect(markdown("- [x] done\n- [ ] open").querySelectorAll("input[disabled]")).toHaveLength(2);
});

test("nothing of a text runs, loads or opens what it should not", () => {
  const nasty = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=alert(1)>bold</b> <iframe src=//evil></iframe> <a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1)) ![y](https://evil.example/p.png) [z](data:text/html,x)",
    "<svg/onload=alert(1)>",
    "<https://example.com/ok> <style>*{display:none}</style>",
    "[a]: javascript:alert(1)\n\n[a]",
  ].join("\n\n");
  const made = markdown(nasty);
  expect(made.querySelectorAll("script, img, iframe, svg, style")).toHaveLength(0);
  for (const element of made.querySelectorAll("*"))
    for (const { name, value } of element.attributes) {
      expect(["class", "href", "target", "rel"]).toContain(name);
      if (name === "href") expect(value).toMatch(/^https:\/\/(evil\.example\/p\.png|example\.com\/ok)$/);
    }
  expect(made.querySelector("b")?.textContent).toBe("bold");
});
