package bench
import ("testing";"fmt";"sort";"anvesh/query/name";"time")
func TestAn(t *testing.T){
 D:="/work/shared/data/"
 f,err:=newFit(FitOptions{Pairs:D+"name_variants.tsv",Tokens:D+"names_weighted.tsv",Records:2000000,Seed:1}); if err!=nil{t.Fatal(err)}
 type r struct{q string;c int; d,e time.Duration;n int}
 var all []r; var sum,sum2 time.Duration; tot:=0
 for i:=range f.pairs[:800]{
  q:=name.Read(f.pairs[i].A).Names[0]
  s:=cpuTime()
  z:=f.x.Ask(q)
  e:=cpuTime()-s
  m,_:=z.Search(nil,name.Search{Limit:100,Records:80,Budget:200000})
  d:=cpuTime()-s
  all=append(all,r{f.pairs[i].A,z.Considered(),d,e,len(m)}); sum+=d;sum2+=e; tot+=z.Considered()
  z.Close()
 }
 sort.Slice(all,func(a,b int)bool{return all[a].d>all[b].d})
 fmt.Println("mean",sum/800,"resolve",sum2/800,"considered",tot/800)
 for _,x:=range all[:40]{fmt.Println(x)}
 for _,x:=range all[300:320]{fmt.Println(x)}
}
