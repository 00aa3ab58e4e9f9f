import java.math.BigDecimal;
import java.sql.*;
/** What the Flight SQL JDBC driver sees of a server in front of Trino, alone or beside DuckDB. Called with its port, `trino` or `hybrid`, and the schema of Trino's tables; prints one line of JSON a check. */
public class JdbcEngineChecks {
  static void row(String check, boolean ok, Object seen) { System.out.println("{\"check\": \"jdbc: " + check + "\", \"ok\": " + ok + ", \"seen\": " + (ok ? "null" : "\"" + String.valueOf(seen).replaceAll("[^ -~]|\"|\\\\", " ") + "\"") + "}"); }
  static void same(String check, Object seen, Object expected) { row(check, expected.equals(seen), seen + " instead of " + expected); }
  static Connection open(String port, String more) throws SQLException { return DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:" + port + "/?useEncryption=false" + more); }
  static String one(Connection c, String sql) throws SQLException { try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(sql)) { return r.next() ? r.getString(1) : "no row"; } }
  public static void main(String[] a) throws Exception {
    String made = "lake." + a[2] + ".jdbc_made";
    try (Connection c = open(a[0], "")) {
      try (Statement s = c.createStatement()) {
        row("ddl", !s.execute("create table " + made + " (id integer, note varchar, price decimal(10, 2), at timestamp(6))"), null);
        same("an update's count", s.executeUpdate("insert into " + made + " values (1, 'it''s', 1.5, timestamp '2026-01-02 03:04:05.678901'), (2, null, null, null)"), 2);
        try { s.executeQuery("select * from lake." + a[2] + ".nowhere"); row("a missing table", false, "no error"); } catch (SQLException e) { row("a missing table", e.getMessage().contains("nowhere"), e.getMessage()); }
        try { s.executeQuery("selec 1"); row("a syntax error", false, "no error"); } catch (SQLException e) { row("a syntax error", e.getMessage().contains("selec"), e.getMessage()); }
        try (ResultSet r = s.executeQuery("select id, note, price, at from " + made + " order by id")) {
          r.next(); same("values", r.getInt(1) + "|" + r.getString(2) + "|" + r.getBigDecimal(3) + "|" + r.getTimestamp(4).getNanos(), "1|it's|1.50|678901000");
          r.next(); row("nulls", r.getString(2) == null && r.getBigDecimal(3) == null && r.getTimestamp(4) == null && !r.next(), null);
        }
      }
      try (PreparedStatement p = c.prepareStatement("insert into " + made + " (id, note, price) values (?, ?, ?)")) {
        p.setInt(1, 3); p.setString(2, "c ? 'q'"); p.setBigDecimal(3, new BigDecimal("2.25")); same("a prepared update", p.executeUpdate(), 1);
        p.setInt(1, 4); p.setString(2, "d"); p.setBigDecimal(3, new BigDecimal("4.00")); p.addBatch(); p.setInt(1, 5); p.setString(2, "e"); p.setBigDecimal(3, new BigDecimal("5.00")); p.addBatch();
        row("a batch", p.executeBatch().length > 0, null);
      }
      same("what was written", one(c, "select count(*) from " + made), "5");
      try (PreparedStatement p = c.prepareStatement("select note, price from " + made + " where id = ?")) {
        for (int i = 3; i <= 4; i++) { p.setInt(1, i); try (ResultSet r = p.executeQuery()) { r.next(); same("prepared, " + i, r.getString(1) + r.getBigDecimal(2), i == 3 ? "c ? 'q'2.25" : "d4.00"); } }
      }
      DatabaseMetaData m = c.getMetaData();
      try (ResultSet r = m.getTables("lake", a[2], "jdbc_%", null)) { same("getTables", r.next() ? r.getString("TABLE_CAT") + "." + r.getString("TABLE_SCHEM") + "." + r.getString("TABLE_NAME") : "none", made); row("getTables, once", !r.next(), "twice"); }
      try (ResultSet r = m.getColumns("lake", a[2], "jdbc_made", "%")) { StringBuilder b = new StringBuilder(); while (r.next()) b.append(r.getString("COLUMN_NAME")).append(":").append(r.getInt("DATA_TYPE")).append(" "); same("getColumns", b.toString(), "id:4 note:12 price:3 at:93 "); }
      try (ResultSet r = m.getCatalogs()) { int n = 0; while (r.next()) if ("lake".equals(r.getString(1))) n++; same("getCatalogs", n, 1); }
      if (a[1].equals("hybrid")) {
        try (Statement s = c.createStatement()) { s.execute("create table jdbc_local as select 3 as id, 'here' as place"); }
        same("rows of both engines", one(c, "select place || note from jdbc_local join " + made + " using (id)"), "herec ? 'q'");
      }
    }
    // What the driver does not know of its address goes as a header of every call.
    try (Connection c = open(a[0], "&duckhouse-engine=trino")) { same("a named engine", one(c, "select typeof(1)"), "integer"); }
    if (a[1].equals("hybrid")) try (Connection c = open(a[0], "&duckhouse-engine=duckdb")) { same("the other engine", one(c, "select typeof(1)"), "INTEGER"); }
    row("the end", true, null);
  }
}
