using System.Globalization;
using System.Text;

namespace BifrostLite.Storage;

/// <summary>
/// A <see cref="LogFilter"/> as a condition both engines understand. Texts go in as parameters from number 1 on; numbers, which cannot
/// carry anything else, stand in the condition.
/// </summary>
/// <param name="mark">What a numbered parameter begins with: ? for SQLite, $ for PostgreSQL.</param>
internal sealed class LogFilterSql(char mark)
{
    private readonly StringBuilder _sql = new();
    private readonly List<string> _parameters = [];

    /// <summary>"" or " WHERE ...".</summary>
    public string Where => _sql.ToString();

    public LogFilterSql Add(LogFilter filter)
    {
        Number("time >= ", filter.From?.ToUnixTimeMilliseconds());
        Number("time < ", filter.To?.ToUnixTimeMilliseconds());
        AnyOf("provider", filter.Providers);
        AnyOf("model", filter.Models);
        AnyOf("virtual_key", filter.VirtualKeys);
        AnyOf("key_name", filter.KeyNames);
        AnyOf("operation", filter.Operations);
        AnyOf("id", filter.Ids);
        if (filter.IsCostMissing)
        {
            And("cost IS NULL");
        }

        if (filter.IsError is { } isError)
        {
            And(isError ? "error <> ''" : "error = ''");
        }

        Number("total_ms >= ", filter.MinMilliseconds);
        Number("total_ms <= ", filter.MaxMilliseconds);
        Number("input_tokens + output_tokens >= ", filter.MinTokens);
        Number("input_tokens + output_tokens <= ", filter.MaxTokens);
        Number("cost >= ", filter.MinCost);
        Number("cost <= ", filter.MaxCost);
        if (filter.Content.Length > 0)
        {
            _parameters.Add(filter.Content);
            And(mark == '?' ? SqliteContent(_parameters.Count) : PostgresContent(_parameters.Count));
        }

        return this;
    }

    public LogFilterSql Before(long? sequence) => Between(null, sequence);

    /// <param name="from">The least sequence.</param>
    /// <param name="to">The first that is too large.</param>
    public LogFilterSql Between(long? from, long? to)
    {
        Number("seq >= ", from);
        Number("seq < ", to);
        return this;
    }

    /// <summary>Only entries at these places.</summary>
    public LogFilterSql In(IReadOnlyList<long> sequences)
    {
        And("seq IN (");
        for (var i = 0; i < sequences.Count; i++)
        {
            _sql.Append(i == 0 ? "" : ", ").Append(sequences[i]);
        }

        _sql.Append(')');
        return this;
    }

    /// <summary>Gives a statement that has the condition its parameters.</summary>
    public T BindTo<T>(T statement)
        where T : class, IParameters<T>
    {
        foreach (var parameter in _parameters)
        {
            statement.Bind(parameter);
        }

        return statement;
    }

    private static string SqliteContent(int number)
    {
        return $"EXISTS (SELECT 1 FROM lite_log_contents c WHERE c.seq = lite_logs.seq AND ({In("c.request")} OR {In("c.response")}))";

        string In(string column) => $"instr(lower(CAST({column} AS TEXT)), lower(?{number})) > 0";
    }

    /// <summary>Bodies need not be UTF-8, which PostgreSQL's texts must be: both sides are compared with what is not ASCII written out.</summary>
    private static string PostgresContent(int number)
    {
        return $"({In("request")} OR {In("response")})";

        string In(string column) => $"position(lower(encode(convert_to(${number}, 'UTF8'), 'escape')) in lower(encode({column}, 'escape'))) > 0";
    }

    private void Number(string condition, long? value)
    {
        if (value is { } number)
        {
            And(condition + number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Number(string condition, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            And(condition + number.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private void AnyOf(string column, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        And(column + " IN (");
        for (var i = 0; i < values.Count; i++)
        {
            _parameters.Add(values[i]);
            _sql.Append(i == 0 ? "" : ", ").Append(mark).Append(_parameters.Count);
        }

        _sql.Append(')');
    }

    private void And(string condition) => _sql.Append(_sql.Length == 0 ? " WHERE " : " AND ").Append(condition);
}
