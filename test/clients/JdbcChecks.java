import java.sql.*;
/** What the Flight SQL JDBC driver sees of a running server. Called with its port; prints one line of JSON a check. */
public class JdbcChecks {
  static void row(String check, boolean ok, Object seen) { System.out.println("{\"check\": \"jdbc: " + check + "\", \"ok\": " + ok + ", \"seen\": " + (ok ? "null" : "\"" + String.valueOf(seen).replaceAll("[^ -~]|\"|\\\\", " ") + "\"") + "}"); }
  static String keys(ResultSet r) throws SQLException {
    StringBuilder b = new StringBuilder();
    while (r.next()) b.append(r.getString("PKTABLE_NAME")).append(".").append(r.getString("PKCOLUMN_NAME")).append("-").append(r.getString("FKTABLE_NAME")).append(".").append(r.getString("FKCOLUMN_NAME")).append(r.getInt("KEY_SEQ")).append(" ");
    return b.toString();
  }

  public static void main(String[] a) throws Exception {
    try (Connection c = DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:" + a[0] + "/?useEncryption=false")) {
      try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("select id, name from wards order by id")) {
        r.next(); row("a query", r.getInt(1) == 1 && "north".equals(r.getString("name")), r.getString(2)); r.next(); row("a null", r.getString(2) == null && r.wasNull() && !r.next(), null); }
      try (Statement s = c.createStatement()) {
        row("ddl", !s.execute("create table jdbc_made (id integer, name varchar, price decimal(10, 2))"), null);
        row("an update's count", s.executeUpdate("insert into jdbc_made values (1, 'a', 1.5), (2, null, 2.25)") == 2, null);
        try { s.executeQuery("select * from nowhere"); row("a missing table", false, "no error"); } catch (SQLException e) { row("a missing table", e.getMessage().contains("nowhere"), e.getMessage()); }
        try (ResultSet r = s.executeQuery("show tables")) { int n = 0; while (r.next()) n++; row("show", n >= 2, n); }
      }
      try (PreparedStatement p = c.prepareStatement("select name, price from jdbc_made where id = ?")) {
        row("a parameter's type", p.getParameterMetaData().getParameterCount() == 1, p.getParameterMetaData().getParameterCount());
        for (int i = 1; i <= 2; i++) { p.setInt(1, i); try (ResultSet r = p.executeQuery()) { r.next(); row("prepared, " + i, r.getBigDecimal(2).doubleValue() == (i == 1 ? 1.5 : 2.25) && !r.next(), null); } }
      }
      try (PreparedStatement p = c.prepareStatement("insert into jdbc_made (id, name) values (?, ?)")) {
        p.setInt(1, 3); p.setString(2, "c"); row("a prepared update", p.executeUpdate() == 1, null);
        p.setInt(1, 4); p.setString(2, "d"); p.addBatch(); p.setInt(1, 5); p.setString(2, "e"); p.addBatch();
        int[] counts = p.executeBatch(); row("a batch", counts.length > 0, java.util.Arrays.toString(counts)); }
      try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("select count(*) from jdbc_made")) { r.next(); row("what a batch wrote", r.getInt(1) == 5, r.getInt(1)); }
      DatabaseMetaData m = c.getMetaData();
      row("product", "duckhouse-dbt".equals(m.getDatabaseProductName()), m.getDatabaseProductName());
      try (ResultSet r = m.getTables(null, null, "jdbc_%", null)) { boolean ok = r.next(); row("getTables", ok && "jdbc_made".equals(r.getString("TABLE_NAME")) && "TABLE".equals(r.getString("TABLE_TYPE")), ok); }
      try (ResultSet r = m.getColumns(null, null, "jdbc_made", "%")) { StringBuilder b = new StringBuilder(); while (r.next()) b.append(r.getString("COLUMN_NAME")).append(":").append(r.getInt("DATA_TYPE")).append(" "); row("getColumns", b.toString().equals("id:4 name:12 price:3 "), b); }
      try (ResultSet r = m.getSchemas()) { boolean found = false; while (r.next()) found |= "main".equals(r.getString("TABLE_SCHEM")); row("getSchemas", found, null); }
      try (ResultSet r = m.getCatalogs()) { row("getCatalogs", r.next(), null); }
      try (ResultSet r = m.getPrimaryKeys(null, null, "jdbc_made")) { row("getPrimaryKeys", !r.next(), null); }
      try (Statement s = c.createStatement()) {
        s.executeUpdate("create table jdbc_wards (floor int, ward int, primary key (floor, ward))");
        s.executeUpdate("create table jdbc_beds (bed int primary key, f int, w int, foreign key (f, w) references jdbc_wards (floor, ward))"); }
      try (ResultSet r = m.getPrimaryKeys(null, null, "jdbc_wards")) { StringBuilder b = new StringBuilder(); while (r.next()) b.append(r.getString("COLUMN_NAME")).append(r.getInt("KEY_SEQ")); row("a primary key", b.toString().equals("floor1ward2"), b); }
      try (ResultSet r = m.getImportedKeys(null, null, "jdbc_beds")) { row("getImportedKeys", keys(r).equals("jdbc_wards.floor-jdbc_beds.f1 jdbc_wards.ward-jdbc_beds.w2 "), null); }
      try (ResultSet r = m.getExportedKeys(null, null, "jdbc_wards")) { row("getExportedKeys", keys(r).equals("jdbc_wards.floor-jdbc_beds.f1 jdbc_wards.ward-jdbc_beds.w2 "), null); }
      try (ResultSet r = m.getCrossReference(null, null, "jdbc_beds", null, null, "jdbc_wards")) { row("getCrossReference", keys(r).isEmpty(), null); }
      try { row("isReadOnly", !m.isReadOnly(), null); } catch (Throwable e) { row("isReadOnly", false, e); }
    }
    // Not closed: the driver closes a session that has a catalog once more when its channel is gone, and fails.
    Connection ward = DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:" + a[0] + "/?useEncryption=false&catalog=ward");
    try (Statement s = ward.createStatement(); ResultSet r = s.executeQuery("select count(*) from wards")) { r.next(); row("a session's catalog", r.getInt(1) == 2, r.getInt(1)); }
    try (Connection c = DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:" + a[0] + "/?useEncryption=false&catalog=nowhere"); Statement s = c.createStatement()) { s.executeQuery("select 1"); row("a catalog that is not there", false, "no error"); } catch (SQLException e) { row("a catalog that is not there", true, null); }
    row("the end", true, null);
    System.exit(0);
  }
}
